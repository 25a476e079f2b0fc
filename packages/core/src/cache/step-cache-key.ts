import { createHmac } from "node:crypto";
import { GenblazeError } from "../errors/genblaze-error.js";
import { canonicalJson } from "../json/canonical-json.js";
import { hashText } from "../json/hash-text.js";
import type { JsonInputObject } from "../json/json-input.js";
import { isObject } from "../manifest/free-type.js";
import type { StepInput } from "../manifest/model-input.js";
import { trimBlanks } from "../manifest/trim-blanks.js";

/** Whose results {@link stepCacheKey} names, and the secret for private ones. */
export interface StepCacheKeyOptions {
  /** Whose step it is; tenants share nothing. @default none */
  readonly tenantId?: string | null | undefined;
  /** The owner's secret, at least 16 bytes; a private or encrypted step has no key without it. @default none */
  readonly ownerKey?: Uint8Array | undefined;
}

/** 128 bits: fewer can be tried out. */
const MIN_OWNER_KEY_BYTES = 16;

/**
 * The name under which a step's result may be cached: equal for equal work, as in the Python library. The key of a
 * public step is a hash, which lets anyone who guesses a prompt test the guess. That of a private one is therefore an
 * HMAC under the owner's key, and undefined without one: then the step is not to be cached.
 *
 * A recorded step whose private values were taken out or encrypted (`metadata.private`) has no key: steps with other
 * values would share it. Put the revealed values in, and take `metadata.private` out, first.
 *
 * @throws GenblazeError `OPENING_NEEDED` for such a step, `KEY_INVALID` for a short owner key, `HASH_IMPOSSIBLE`
 */
export function stepCacheKey(step: StepInput, options: StepCacheKeyOptions = {}): string | undefined {
  assertOpened(step);
  const text = canonicalJson(factsOf(step, options.tenantId));
  if (step.promptVisibility === "public" || step.promptVisibility === "redacted") return hashText(text);
  const { ownerKey } = options;
  if (ownerKey === undefined) return undefined;
  assertOwnerKey(ownerKey);
  return createHmac("sha256", ownerKey).update(text).digest("hex");
}

function assertOpened({ metadata }: StepInput): void {
  const hidden = metadata.private;
  if (!isObject(hidden) || !("scheme" in hidden)) return;
  const message = "The private values of this step were taken out, so equal work cannot be told from other work.";
  throw new GenblazeError("OPENING_NEEDED", `${message} Put the revealed values in, without its metadata "private".`);
}

/** @throws GenblazeError `KEY_INVALID` */
export function assertOwnerKey(ownerKey: Uint8Array): void {
  if (ownerKey instanceof Uint8Array && ownerKey.length >= MIN_OWNER_KEY_BYTES) return;
  const message = `An owner key is at least ${MIN_OWNER_KEY_BYTES} secret bytes (a Uint8Array). Make one with crypto.getRandomValues.`;
  throw new GenblazeError("KEY_INVALID", message);
}

/** Under the names of the wire format; what does not change the result is left out. */
function factsOf(step: StepInput, tenantId: string | null | undefined): JsonInputObject {
  const tenant = trimBlanks(tenantId ?? "");
  return {
    provider: step.provider,
    model: step.model,
    model_version: step.modelVersion,
    model_hash: step.modelHash,
    prompt: step.prompt,
    negative_prompt: step.negativePrompt,
    prompt_visibility: step.promptVisibility,
    params: step.params,
    seed: step.seed,
    modality: step.modality,
    step_type: step.stepType,
    input_ids: step.inputs.length === 0 ? null : step.inputs.map(({ sha256, url }) => sha256 || url),
    ...(tenant === "" ? {} : { tenant_id: tenant }),
  };
}
