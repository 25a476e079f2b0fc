import { isJsonFloat } from "../json/json-float.js";
import type { JsonInput, JsonInputObject } from "../json/json-input.js";
import type { JsonValue } from "../json/json-value.js";
import { readJson } from "../json/read-json.js";
import { writeManifest } from "../manifest/hash-payload.js";
import type { Manifest } from "../manifest/manifest.js";
import { PAYLOAD_MODE } from "../manifest/manifest-schema.js";
import type { WriteMode } from "../manifest/wire-type.js";

/** A manifest under its wire names: all of it, and the part that is hashed. */
export interface WireManifest {
  readonly full: JsonInputObject;
  readonly hashed: JsonInputObject;
}

/** Two manifests under the same rules of what is hashed, so that their versions can be compared too. */
export function toWire(left: Manifest, right: Manifest): readonly [WireManifest, WireManifest] {
  const isSameVersion = left.schemaVersion === right.schemaVersion;
  const mode = isSameVersion ? PAYLOAD_MODE[left.schemaVersion] : "content";
  return [wireOf(left, mode), wireOf(right, mode)];
}

/** The object in a value, or an empty one. */
export function objectOf(value: JsonInput | undefined): JsonInputObject {
  return isObject(value) ? value : {};
}

/** The list in a value, or an empty one. */
export function listOf(value: JsonInput | undefined): readonly JsonInput[] {
  return Array.isArray(value) ? value : [];
}

/** Whether a value has entries under names. */
export function isObject(value: JsonInput | undefined): value is JsonInputObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isJsonFloat(value);
}

/** Whether there is a value at the end of a path. */
export function hasPath(value: JsonInput | undefined, path: readonly string[]): boolean {
  let current = value;
  for (const key of path) {
    if (Array.isArray(current)) current = current[Number(key)];
    else current = isObject(current) && Object.hasOwn(current, key) ? current[key] : undefined;
    if (current === undefined) return false;
  }
  return current !== undefined;
}

/** A value as plain JSON; whole numbers that no `number` holds become texts. */
export function toPlain(value: JsonInput): JsonValue {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (isJsonFloat(value)) return value.value;
  if (Array.isArray(value)) return value.map(toPlain);
  return Object.fromEntries(Object.entries(objectOf(value)).map(([key, entry]) => [key, toPlain(entry)]));
}

function wireOf(manifest: Manifest, mode: WriteMode): WireManifest {
  const { schemaVersion, exactRun, canonicalHash, manifestUri, encryptionScheme, signature, transferFailures } =
    manifest;
  const fields = {
    schemaVersion,
    run: exactRun,
    canonicalHash,
    manifestUri,
    encryptionScheme,
    signature,
    transferFailures,
  };
  const { canonical_hash, ...full } = objectOf(readJson(writeManifest(fields, "full")));
  return { full, hashed: objectOf(readJson(writeManifest(fields, mode))) };
}
