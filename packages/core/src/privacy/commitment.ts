import { canonicalJson } from "../json/canonical-json.js";
import { hashText } from "../json/hash-text.js";
import type { JsonValue } from "../json/json-value.js";

/** Stands beside the commitments of a step, so that readers know how they were made. */
export const COMMITMENT_SCHEME = "genblaze-commitment-v1";

/** A private value and what makes its commitment impossible to guess. */
export interface CommittedValue {
  /** `prompt`, `negative_prompt`, `seed`, `params.<name>`; `input` for the input of the run. */
  readonly field: string;
  /** 32 random bytes as hex. */
  readonly salt: string;
  readonly value: JsonValue;
}

/**
 * The commitment to a value: the SHA-256 of canonical JSON that holds the scheme, the field, the salt and the value.
 * It binds its maker to the value and tells nobody else anything of it.
 */
export function commitTo({ field, salt, value }: CommittedValue): string {
  return hashText(canonicalJson({ field, salt, scheme: COMMITMENT_SCHEME, value }));
}
