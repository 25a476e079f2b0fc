import { GenblazeError } from "../errors/genblaze-error.js";
import { decodeUtf8 } from "../json/decode-utf8.js";
import { readJson } from "../json/read-json.js";
import { utf8Length } from "../json/utf8-length.js";
import { describeValue } from "../options/describe-value.js";
import { isObject } from "./free-type.js";
import { assertEncryptionScheme, Manifest } from "./manifest.js";
import { manifestSchema, PAYLOAD_MODE, SCHEMA_VERSIONS, type SchemaVersion } from "./manifest-schema.js";
import { readModel } from "./model-type.js";
import { readContext } from "./wire-type.js";

/** The size of the largest manifest that is read, the Python library's limit too. */
export const MAX_MANIFEST_BYTES = 16 * 1024 * 1024;

const MAX_BYTES_PER_UNIT = 3;

/**
 * Reads a manifest of any of the seven schema versions. It is checked for form only: ask `report()` what it proves.
 * Bytes are UTF-8; those of a media file may be in another encoding, which `decodeJsonBytes` of `@genblaze/core/verify` finds.
 *
 * @throws GenblazeError `INVALID_JSON`, also above {@link MAX_MANIFEST_BYTES}; `MANIFEST_INVALID`;
 * `MANIFEST_VERSION_UNSUPPORTED`; `MANIFEST_IS_POINTER` with `details.manifestUri` and `details.canonicalHash`
 * @example
 * const manifest = parseManifest(await readFile("scene.png.genblaze.json"));
 * if (!manifest.verify()) console.log(manifest.report());
 */
export function parseManifest(source: string | Uint8Array): Manifest {
  if (typeof source !== "string" && !(source instanceof Uint8Array)) {
    const message = `A manifest is expected as a JSON text or its bytes; ${describeValue(source)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  assertSize(source);
  const document = readJson(typeof source === "string" ? source : decodeUtf8(source));
  if (!isObject(document)) {
    throw new GenblazeError("MANIFEST_INVALID", "This is no manifest: expected a JSON object. Give a whole manifest.");
  }
  refusePointer(document);
  const schemaVersion = readVersion(document.schema_version);
  const context = readContext("wire", true);
  const fields = readModel(manifestSchema, { ...document, schema_version: schemaVersion }, context);
  assertEncryptionScheme(fields);
  const hasInventedHashedId = context.hasInventedId && PAYLOAD_MODE[schemaVersion] === "legacy";
  return new Manifest(fields, { hasInventedHashedId });
}

function assertSize(source: string | Uint8Array): void {
  if (source.length * MAX_BYTES_PER_UNIT <= MAX_MANIFEST_BYTES) return;
  const sizeBytes = typeof source === "string" ? utf8Length(source) : source.length;
  if (sizeBytes <= MAX_MANIFEST_BYTES) return;
  throw new GenblazeError(
    "INVALID_JSON",
    `Expected a manifest of at most ${MAX_MANIFEST_BYTES} bytes, got ${sizeBytes}. Check that this is a manifest.`,
    { details: { sizeBytes, maxBytes: MAX_MANIFEST_BYTES } },
  );
}

function refusePointer(document: Readonly<Record<string, unknown>>): void {
  const { manifest_uri: manifestUri, canonical_hash: canonicalHash } = document;
  if (Object.hasOwn(document, "run") || typeof manifestUri !== "string") return;
  throw new GenblazeError(
    "MANIFEST_IS_POINTER",
    "This document only points at a manifest. Read the manifest from details.manifestUri and compare its hash.",
    { details: { manifestUri, canonicalHash: typeof canonicalHash === "string" ? canonicalHash : "" } },
  );
}

function readVersion(value: unknown): SchemaVersion {
  if (countsAsAbsent(value)) return "1.0";
  const version = SCHEMA_VERSIONS.find((known) => known === value);
  if (version !== undefined) return version;
  throw new GenblazeError(
    "MANIFEST_VERSION_UNSUPPORTED",
    `Expected schema version ${SCHEMA_VERSIONS.join(", ")}, got another. Read it with a newer release.`,
  );
}

/** What Python calls falsy; the first manifests had no version. */
function countsAsAbsent(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return !value && !Number.isNaN(value);
  const isContainer = Array.isArray(value) || isObject(value);
  return isContainer ? Object.keys(value).length === 0 : Number(value) === 0;
}
