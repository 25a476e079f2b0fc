import { z } from "zod";
import type { Ledger } from "../batch/ledger.js";
import type { JsonObject } from "../json/json-value.js";
import { checkOptions } from "../options/check-options.js";
import { jsonObject, modelId, name, objectWith, runtime } from "../pipeline/option-schemas.js";
import type { Runtime } from "../run/runtime.js";
import type { SigningKey } from "../signature/keys.js";
import type { Sink } from "../storage/sink.js";

/** What {@link ingest} takes besides the files. */
export interface IngestOptions {
  /** Where the files come from, in a word: `rss`, `camera`. It stands as the model of every step. Hashed. */
  readonly source: string;
  /** More of where they come from, beside `source` in the metadata of every step. Hashed. @default {} */
  readonly sourceMetadata?: JsonObject | undefined;
  /** Name of the run. Hashed. @default none */
  readonly name?: string | undefined;
  /** Hashed. @default none */
  readonly tenantId?: string | undefined;
  /** Hashed. @default none */
  readonly projectId?: string | undefined;
  /** Ids of the runs that this one follows; the first also stands as `parent_run_id`. Hashed. @default [] */
  readonly parentRunIds?: readonly string[] | undefined;
  /** What the steps are called. @default "ingest" */
  readonly stepType?: "ingest" | "import" | undefined;
  /** How many files are read at the same time; so many are in memory at most. @default 4 */
  readonly concurrency?: number | undefined;
  /** Where files and manifest are written to. @default nowhere; the manifest knows hashes and addresses only */
  readonly sink?: Sink | undefined;
  /** Signs the manifest. @default it is not signed */
  readonly signingKey?: SigningKey | undefined;
  /** Remembers what was read, by the keys of the files; those are not read again. @default every file is read */
  readonly ledger?: Ledger | undefined;
  /** Whether a file that cannot be read makes all fail, before anything is stored; else it is in `failed`. @default true */
  readonly throwOnFailure?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @default a new one, with real time */
  readonly runtime?: Runtime | undefined;
}

const ingestOptions = z.strictObject({
  source: modelId,
  sourceMetadata: jsonObject.optional(),
  name: name.optional(),
  tenantId: name.optional(),
  projectId: name.optional(),
  parentRunIds: z.array(name, "a list of run ids is expected").optional(),
  stepType: z.enum(["ingest", "import"], '"ingest" or "import" is expected').optional(),
  concurrency: z
    .int("a whole number is expected")
    .min(1, "at least 1 is expected")
    .max(1_000, "at most 1,000 are expected")
    .optional(),
  sink: objectWith<Sink>("write").optional(),
  signingKey: z
    .custom<SigningKey>((value) => typeof value === "object" && value !== null, "a key is expected")
    .optional(),
  ledger: objectWith<Ledger>("open").optional(),
  throwOnFailure: z.boolean("true or false is expected").optional(),
  signal: objectWith<AbortSignal>("addEventListener", "throwIfAborted").optional(),
  runtime: runtime.optional(),
});

/** Checks the options of an ingest; INVALID_OPTION for the first thing wrong. */
export function checkIngestOptions(options: unknown): z.infer<typeof ingestOptions> {
  return checkOptions(ingestOptions, options, "ingest(assets, options)");
}
