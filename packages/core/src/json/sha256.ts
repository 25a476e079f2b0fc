/** A SHA-256 that takes its input in pieces; `sha256-node.ts` and `sha256-pure.ts` both make one. */
export interface Sha256 {
  /** Adds bytes, or the UTF-8 bytes of a text without lone surrogates. */
  update(piece: string | Uint8Array): void;
  /** The lower-case hex digest; the hash takes nothing after it. */
  digestHex(): string;
}
