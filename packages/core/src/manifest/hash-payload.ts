import { GenblazeError } from "../errors/genblaze-error.js";
import { type ManifestFields, manifestSchema, PAYLOAD_MODE } from "./manifest-schema.js";
import { writeModel } from "./model-type.js";
import type { WriteMode } from "./wire-type.js";

/**
 * The text whose SHA-256 is the manifest's hash.
 *
 * @throws GenblazeError `MANIFEST_INVALID` for free-form objects that are too deep
 */
export function hashPayload(fields: ManifestFields): string {
  return writeManifest(fields, PAYLOAD_MODE[fields.schemaVersion]);
}

/**
 * The canonical text of a manifest, or of its hashed part.
 *
 * @throws GenblazeError `MANIFEST_INVALID`
 */
export function writeManifest(fields: ManifestFields, mode: WriteMode): string {
  try {
    return writeModel(manifestSchema, fields, 0, mode);
  } catch (cause) {
    if (!GenblazeError.isInstance(cause) || cause.code !== "INVALID_JSON") throw cause;
    throw new GenblazeError(
      "MANIFEST_INVALID",
      `A params or metadata object of this manifest cannot be written. ${cause.message}`,
      {
        cause,
        details: cause.details,
      },
    );
  }
}
