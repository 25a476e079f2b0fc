export { type IngestResult, ingest } from "./ingest.js";
export type { IngestOptions } from "./ingest-options.js";
export type { IngestEntry } from "./read-entry.js";
export type { IngestFailure } from "./read-files.js";
