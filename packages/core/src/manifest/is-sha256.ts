const SHA256 = /^[0-9a-f]{64}$/;

/** True for 64 lower-case hexadecimal digits; only such a hash covers an asset. */
export function isSha256(value: string | null): value is string {
  return value !== null && SHA256.test(value);
}
