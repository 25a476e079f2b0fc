import type { Guard, GuardVerdict, OutputCheck, OutputPart, PromptCheck } from "../src/guard/guard.js";
import type { Asset } from "../src/manifest/model.js";
import { silentLogger } from "../src/provider/logger.js";
import { createFakeClock } from "./support.js";

const common = {
  signal: new AbortController().signal,
  fetch: () => Promise.reject(new Error("Guards fetch nothing in tests.")),
  clock: createFakeClock(),
  logger: silentLogger,
  random: () => 0.5,
  idempotencyKey: "run/step/guard/1",
  step: "poster",
  provider: "scripted",
  model: "m",
  yields: "image",
  params: {},
  isPrivate: false,
} as const;

/** A check of a prompt. */
export function promptCheck(text: string, more: Partial<PromptCheck> = {}): PromptCheck {
  return { ...common, text, texts: text === "" ? [] : [text], inputs: [], ...more };
}

/** A check of an output. */
export function outputCheck(more: Partial<OutputCheck> = {}): OutputCheck {
  return { ...common, prompt: undefined, assets: [], text: undefined, json: undefined, ...more };
}

/** An asset with bytes; without them only its URL is known. */
export function part(mediaType: string, bytes?: Uint8Array | string, facts: Partial<Asset> = {}): OutputPart {
  const read = typeof bytes === "string" ? Uint8Array.from(bytes, (character) => character.charCodeAt(0)) : bytes;
  const asset: Asset = {
    assetId: "asset",
    url: "https://media.example/asset",
    mediaType,
    sha256: null,
    sizeBytes: read?.byteLength ?? null,
    width: null,
    height: null,
    duration: null,
    video: null,
    audio: null,
    tracks: null,
    metadata: {},
    ...facts,
  };
  return { asset, read: () => Promise.resolve(read) };
}

/** A guard that says the same to everything, and remembers what it was asked about. */
export function fixedGuard(name: string, verdict: GuardVerdict): Guard & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    name,
    asked,
    checkPrompt(check) {
      asked.push(check.text);
      return verdict;
    },
    checkOutput(check) {
      asked.push(check.step);
      return verdict;
    },
  };
}
