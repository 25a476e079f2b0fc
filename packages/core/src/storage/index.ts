export { assertKey } from "./check-key.js";
export { folder } from "./folder-storage.js";
export {
  type AssetKeyFacts,
  assetKey,
  guessExtension,
  joinKey,
  type KeyLayout,
  type ManifestKeyFacts,
  manifestKey,
} from "./keys.js";
export { memoryStorage } from "./memory-storage.js";
export { type ObjectStorageSinkOptions, objectStorageSink } from "./object-storage-sink.js";
export { readAll } from "./read-all.js";
export type { Sink, SinkInput, SinkReceipt } from "./sink.js";
export type { PutOptions, Storage, StorageBody, StorageCallOptions, StoredObject } from "./storage.js";
export { writeWholeFile } from "./write-whole-file.js";
