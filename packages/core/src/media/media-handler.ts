/** Random access to bytes of known length, without holding them all in memory. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Exactly `length` bytes from `offset`; MEDIA_MALFORMED when they reach past the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A part of an output: a range of the source copied unchanged, or new bytes. */
export type Piece =
  | { readonly kind: "copy"; readonly start: number; readonly end: number }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

/**
 * How one container format carries a manifest. Every function only describes the output as pieces, so that
 * writing, hashing and in-memory use share one streaming writer and memory does not grow with the file.
 *
 * The law: the pieces of `strip(embed(x))` give the same bytes as those of `strip(x)`, and `strip(x)` gives `x`
 * where `x` carries nothing of ours.
 */
export interface MediaHandler {
  readonly name: string;
  /** Media types this handler serves, the preferred one first. */
  readonly mediaTypes: readonly string[];
  /** File extensions with the dot, lower case. */
  readonly extensions: readonly string[];
  /** Whether a file that begins with these bytes (up to 64) is of this format. */
  matches(head: Uint8Array): boolean;
  /** The bytes of the manifest that the file carries, or undefined. MEDIA_MALFORMED for a damaged file. */
  extract(source: ByteSource): Promise<Uint8Array | undefined>;
  /** The file with `payload` (UTF-8 JSON) embedded, replacing any manifest that it carries. */
  embed(source: ByteSource, payload: Uint8Array): Promise<readonly Piece[]>;
  /** The file without anything of ours. */
  strip(source: ByteSource): Promise<readonly Piece[]>;
}
