import { createSha256 } from "#sha256";

/** The lower-case hex SHA-256 of bytes. */
export function sha256OfBytes(bytes: Uint8Array): string {
  const hash = createSha256();
  hash.update(bytes);
  return hash.digestHex();
}
