import { readFileSync } from "node:fs";
import type { ErrorCode } from "../../src/errors/error-codes.js";
import { GenblazeError } from "../../src/errors/genblaze-error.js";

const golden = new URL("../golden/", import.meta.url);

/** The error kinds of the golden files, which name Python's exceptions, and our codes for them. */
const CODES: Readonly<Record<string, readonly ErrorCode[]>> = {
  json: ["INVALID_JSON"],
  // Python refuses too deep values, schema 1.6 and policies with one ManifestError each.
  manifest: ["MANIFEST_INVALID", "INVALID_JSON", "MANIFEST_VERSION_UNSUPPORTED", "POLICY_REFUSED"],
  validation: ["MANIFEST_INVALID"],
  type: ["MANIFEST_INVALID"],
  value: ["INVALID_JSON", "MANIFEST_INVALID"],
  unsupported_version: ["MANIFEST_VERSION_UNSUPPORTED"],
  unicode: ["HASH_IMPOSSIBLE"],
  pointer: ["MANIFEST_IS_POINTER"],
};

/** An error of the golden files. */
export interface GoldenError {
  readonly kind: string;
}

/** The text of a golden file. */
export function readGolden(path: string): string {
  return readFileSync(new URL(path, golden), "utf8");
}

/** The bytes of a golden file. */
export function readGoldenBytes(path: string): Uint8Array {
  return readFileSync(new URL(path, golden));
}

/** The rows of a golden .jsonl file. */
export function readRows<Row>(path: string): Row[] {
  // The files are data under our control; a test that reads a missing field fails.
  return readGolden(path)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row);
}

/** Whether a call throws one of our codes for a golden error; gives the code or what happened instead. */
export function thrownCode(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return GenblazeError.isInstance(error) ? error.code : `not a GenblazeError: ${String(error)}`;
  }
  return "nothing thrown";
}

/** Our codes for a golden error. */
export function codesFor(error: GoldenError): readonly string[] {
  return CODES[error.kind] ?? [];
}
