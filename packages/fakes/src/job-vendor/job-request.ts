import { createHash } from "node:crypto";
import type { Modality } from "@genblaze/core/provider";

/** What a job is asked for; inputs by their hashes, however they were sent. */
export interface JobRequest {
  readonly model: string;
  readonly prompt: string;
  readonly modality: Modality;
  /** SHA-256 of each input, in hex. */
  readonly inputs: readonly string[];
  readonly seed: number | undefined;
  /** What the buyer calls it: the idempotency key of its step. */
  readonly reference: string | undefined;
}

/** Why a body is no request; `problem` is a sentence for the answer with status 400. */
export interface RefusedRequest {
  readonly problem: string;
}

const KEYS = ["model", "prompt", "modality", "inputs", "seed", "reference"];
const MODALITIES: readonly Modality[] = ["image", "video", "audio", "text"];
const LONGEST_TEXT = 100_000;
const MOST_INPUTS = 100;

/** Reads the body of `POST /v1/jobs`; an unknown key or a value of another type is refused. */
export function readJobRequest(body: unknown): JobRequest | RefusedRequest {
  const fields = fieldsOf(body);
  if (fields === undefined) return { problem: "a JSON object is expected" };
  const stranger = [...fields.keys()].find((key) => !KEYS.includes(key));
  if (stranger !== undefined) return { problem: `unknown key "${stranger}"; known are ${KEYS.join(", ")}` };
  const model = fields.get("model");
  const prompt = fields.get("prompt");
  const modality = MODALITIES.find((known) => known === fields.get("modality"));
  const seed = fields.get("seed");
  const reference = fields.get("reference");
  const inputs = readInputs(fields.get("inputs"));
  if (!isText(model) || model === "") return { problem: "model: a text is expected" };
  if (!isText(prompt)) return { problem: "prompt: a text is expected" };
  if (modality === undefined) return { problem: `modality: one of ${MODALITIES.join(", ")} is expected` };
  if (inputs === undefined) return { problem: 'inputs: a list of { "sha256" } or { "bytes" } is expected' };
  if (!isWholeNumber(seed)) return { problem: "seed: a whole number is expected" };
  if (reference !== undefined && !isText(reference)) return { problem: "reference: a text is expected" };
  return { model, prompt, modality, inputs, seed, reference };
}

function isWholeNumber(value: unknown): value is number | undefined {
  return value === undefined || Number.isSafeInteger(value);
}

function readInputs(given: unknown): readonly string[] | undefined {
  if (!Array.isArray(given) || given.length > MOST_INPUTS) return undefined;
  const hashes = given.map(readInput);
  return hashes.every((hash) => hash !== undefined) ? hashes : undefined;
}

function readInput(given: unknown): string | undefined {
  const fields = fieldsOf(given);
  if (fields?.size !== 1) return undefined;
  const [sha256, bytes] = [fields.get("sha256"), fields.get("bytes")];
  if (typeof sha256 === "string") return /^[0-9a-f]{64}$/.test(sha256) ? sha256 : undefined;
  if (typeof bytes !== "string") return undefined;
  const decoded = Buffer.from(bytes, "base64");
  // Node reads past what is no base64.
  return decoded.toString("base64") === bytes ? createHash("sha256").update(decoded).digest("hex") : undefined;
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map<string, unknown>(Object.entries(value));
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= LONGEST_TEXT;
}
