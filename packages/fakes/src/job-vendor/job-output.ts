import { createHash } from "node:crypto";
import type { JobRequest } from "./job-request.js";

/** What a job makes. */
export interface JobOutput {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, in hex. */
  readonly sha256: string;
  /** The words of a text job; undefined for media. */
  readonly text: string | undefined;
}

/**
 * What a request gives: the same bytes for the same request, whoever asks and how often. A text model with `json` in
 * its name gives `{ title, scenes: [string, string], seal }`. Media are some words in no real format.
 */
export function makeOutput(request: JobRequest): JobOutput {
  const { model, prompt, modality, inputs, seed } = request;
  const seal = hashOf(JSON.stringify([model, prompt, modality, inputs, seed ?? null]));
  const text = modality === "text" ? writeText(model, prompt, seal) : undefined;
  const bytes = new TextEncoder().encode(text ?? `a job's ${modality}, made by ${model}: ${seal}\n`);
  return { mediaType: mediaTypeOf(request), bytes, sha256: hashOf(bytes), text };
}

function writeText(model: string, prompt: string, seal: string): string {
  const title = prompt.slice(0, 40).toWellFormed();
  if (!model.includes("json")) return `${title}: words of ${model} (${seal.slice(0, 12)})`;
  const scenes = ["first", "second"].map((which) => `the ${which} scene of ${seal.slice(0, 12)}`);
  return JSON.stringify({ title, scenes, seal });
}

function mediaTypeOf({ modality, model }: JobRequest): string {
  if (modality !== "text") return `${modality}/x-job`;
  return model.includes("json") ? "application/json" : "text/plain";
}

function hashOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
