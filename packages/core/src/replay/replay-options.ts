import { z } from "zod";
import type { Download } from "../download/download.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonValue } from "../json/json-value.js";
import { checkOptions } from "../options/check-options.js";
import { modelId, runtime, text } from "../pipeline/option-schemas.js";
import type { AnyProvider } from "../pipeline/step-options.js";
import type { Opening } from "../privacy/opening.js";
import type { Runtime } from "../run/runtime.js";
import type { StepOverride } from "./replay-facts.js";

/** What `replay` takes. */
export interface ReplayOptions {
  /** What to do otherwise, by step name. @default {} */
  readonly overrides?: Readonly<Record<string, StepOverride>> | undefined;
  /** What opens the private steps of the run: the opening that it wrote. @default none */
  readonly opening?: Opening | undefined;
  /** The 32 bytes that the run's encrypted steps were encrypted with; the new run encrypts with them too. @default none */
  readonly encryptionKey?: Uint8Array | undefined;
  /** The way to the bytes of recorded inputs. @default guardedDownload() */
  readonly fetchInput?: Download | undefined;
  /** Replay a manifest whose hash is wrong. @default false */
  readonly allowChanged?: boolean | undefined;
  /** What the run gets from outside. @default a new one with real time and network */
  readonly runtime?: Runtime | undefined;
}

const isObject = (value: unknown) => typeof value === "object" && value !== null;

const override = z.strictObject({
  provider: z
    .custom<AnyProvider | string>(
      (value) => isObject(value) || typeof value === "string",
      "a provider or its name is expected",
    )
    .optional(),
  model: modelId.optional(),
  prompt: text.optional(),
  params: z
    .custom<Readonly<Record<string, JsonValue | undefined>>>(isParams, "an object of JSON parameters is expected")
    .optional(),
});

const replayOptions = z.strictObject({
  overrides: z.record(z.string(), override, "an object of { step: { model, ... } } is expected").optional(),
  opening: z.custom<Opening>(isOpening, "what readOpening gives is expected").optional(),
  encryptionKey: z.instanceof(Uint8Array, { error: "a Uint8Array is expected" }).optional(),
  fetchInput: z.custom<Download>((value) => typeof value === "function", "a function of a URL is expected").optional(),
  allowChanged: z.boolean("true or false is expected").optional(),
  runtime: runtime.optional(),
});

/** Checks the options of a replay; INVALID_OPTION for the first thing wrong. */
export function checkReplayOptions(options: unknown): ReplayOptions {
  return checkOptions(replayOptions, options, "replay options");
}

function isOpening(value: unknown): boolean {
  return typeof value === "object" && value !== null && Array.isArray(Reflect.get(value, "values"));
}

function isParams(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((entry) => entry === undefined || findNonJson(entry) === undefined);
}
