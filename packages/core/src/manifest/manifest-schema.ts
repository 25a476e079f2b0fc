import { listType } from "./list-type.js";
import type { RunInput } from "./model-input.js";
import { defineModel } from "./model-schema.js";
import { modelType } from "./model-type.js";
import { runSchema } from "./run-schema.js";
import { choiceType, textType } from "./text-type.js";
import type { WriteMode } from "./wire-type.js";

/** Every schema version that can be read; the newest, 1.6, is never written. */
export const SCHEMA_VERSIONS = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6"] as const;

/** One of the seven schema versions. */
export type SchemaVersion = (typeof SCHEMA_VERSIONS)[number];

/** What is hashed under each version. */
export const PAYLOAD_MODE: Readonly<Record<SchemaVersion, WriteMode>> = {
  "1.0": "legacy",
  "1.1": "legacy",
  "1.2": "legacy",
  "1.3": "legacy",
  "1.4": "content",
  "1.5": "content",
  "1.6": "bound",
};

/** The fields of a manifest, the run with its floats told apart. */
export interface ManifestFields {
  readonly schemaVersion: SchemaVersion;
  readonly run: RunInput;
  readonly canonicalHash: string;
  readonly manifestUri: string | null;
  readonly encryptionScheme: string | null;
  readonly signature: string | null;
  readonly transferFailures: readonly string[];
}

/** The table of a manifest. Only the version and the run are hashed. */
export const manifestSchema = defineModel<ManifestFields>({
  schemaVersion: { type: choiceType(SCHEMA_VERSIONS), fallback: "1.5" },
  run: { type: modelType(runSchema), required: true },
  canonicalHash: { type: textType, hashed: "never", fallback: "" },
  manifestUri: { type: textType, hashed: "never" },
  encryptionScheme: { type: textType, hashed: "never" },
  signature: { type: textType, hashed: "never" },
  transferFailures: { type: listType(textType), hashed: "never", fallback: [] },
});
