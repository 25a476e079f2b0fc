import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonValue } from "../json/json-value.js";
import type { Manifest } from "../manifest/manifest.js";
import type { Step } from "../manifest/model.js";
import { checkOpening, decryptManifest } from "../privacy/check-opening.js";
import { COMMITMENT_SCHEME } from "../privacy/commitment.js";
import { assertEncryptionKey } from "../privacy/encryption.js";
import type { Opening } from "../privacy/opening.js";
import { isObject } from "./own-metadata.js";

/** What opens the private values of a manifest. */
export interface Secrets {
  readonly opening?: Opening | undefined;
  readonly encryptionKey?: Uint8Array | undefined;
}

/** Gives a private value of a step by its position and field. */
export type ReadSecret = (index: number, field: string) => JsonValue | undefined;

/**
 * Opens what the opening and the key open; every value must be the one that the manifest holds to.
 *
 * @throws GenblazeError `OPENING_INVALID`, `KEY_INVALID`
 */
export function openSecrets(manifest: Manifest, { opening, encryptionKey }: Secrets): ReadSecret {
  if (encryptionKey !== undefined) assertEncryptionKey(encryptionKey);
  const revealed = [
    ...(opening === undefined ? [] : checkOpening(manifest, opening)),
    ...(encryptionKey === undefined ? [] : decryptManifest(manifest, encryptionKey)),
  ];
  const values = new Map<string, JsonValue>();
  for (const { step, field, value, verdict, reason } of revealed) {
    if (verdict !== "matches") {
      const place = step === null ? "the run" : `step ${step}`;
      const message = `The opening does not fit the manifest at "${field}" of ${place}. ${reason} Give the one of this run.`;
      throw new GenblazeError("OPENING_INVALID", message, { details: { step, field } });
    }
    values.set(`${step}/${field}`, value);
  }
  return (index, field) => values.get(`${index}/${field}`);
}

/**
 * The fields of a step that the manifest holds only closed: `prompt`, `negative_prompt`, `seed`, `params.<name>`.
 * Prompts that the Python library calls private or redacted stand in the clear and are none of them.
 */
export function closedFields({ promptVisibility, metadata, prompt, negativePrompt }: Step): readonly string[] {
  const named = isObject(metadata.private) ? metadata.private : {};
  if (promptVisibility === "encrypted") {
    const params = Array.isArray(named.params) ? named.params.map((name) => `params.${String(name)}`) : [];
    return [
      ...(prompt === null ? [] : ["prompt"]),
      ...(negativePrompt === null ? [] : ["negative_prompt"]),
      ...(typeof named.seed === "string" ? ["seed"] : []),
      ...params,
    ];
  }
  if (promptVisibility !== "private" || named.scheme !== COMMITMENT_SCHEME) return [];
  const { scheme, params, ...others } = named;
  const paramNames = isObject(params) ? Object.keys(params).map((name) => `params.${name}`) : [];
  return [...Object.keys(others), ...paramNames];
}

/** The names in `privateParams` that made these fields private. */
export function privateParamsOf(fields: readonly string[]): readonly string[] {
  const named = fields.filter((field) => field === "seed" || field.startsWith("params."));
  return named.map((field) => field.replace(/^params\./, ""));
}
