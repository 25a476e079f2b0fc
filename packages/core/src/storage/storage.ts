/** What is put into a storage: bytes at once, or as they come. */
export type StorageBody = Uint8Array | AsyncIterable<Uint8Array>;

export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly mediaType: string | undefined;
}

export interface PutOptions {
  readonly mediaType?: string;
  readonly cacheControl?: string;
  /**
   * Put only if there is nothing under the key; STORAGE_CONFLICT otherwise. Of several that put at once, in this process
   * or another, exactly one is let through. @default false
   */
  readonly ifAbsent?: boolean;
  readonly signal?: AbortSignal;
}

export interface StorageCallOptions {
  readonly signal?: AbortSignal;
}

/**
 * A place that holds bytes under keys. Keys are relative paths with "/" and no empty, "." or ".." segment
 * (STORAGE_KEY_INVALID). A put is complete or has not happened; a later put of the same key replaces it.
 */
export interface Storage {
  readonly name: string;
  put(key: string, body: StorageBody, options?: PutOptions): Promise<StoredObject>;
  /** The bytes as a stream; STORAGE_NOT_FOUND when there are none. */
  get(key: string, options?: StorageCallOptions): Promise<AsyncIterable<Uint8Array>>;
  head(key: string, options?: StorageCallOptions): Promise<StoredObject | undefined>;
  /** Objects whose key begins with `prefix`, in code point order of their keys. */
  list(prefix: string, options?: StorageCallOptions): AsyncIterable<StoredObject>;
  /** Deletes if there; deleting nothing is no error. */
  delete(key: string, options?: StorageCallOptions): Promise<void>;
  /** The lasting URL of a key; makes no call. */
  durableUrl(key: string): string;
  /** The key behind a URL of this storage, or undefined. */
  keyFromUrl(url: string): string | undefined;
}
