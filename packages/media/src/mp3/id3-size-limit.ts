import { GenblazeError } from "@genblaze/core";

/** Throws MEDIA_TOO_LARGE for a frame or tag that its size field cannot say. */
export function assertId3Size(sizeBytes: number, limitBytes: number): void {
  if (sizeBytes <= limitBytes) return;
  throw new GenblazeError(
    "MEDIA_TOO_LARGE",
    `The ID3 tag cannot say a size of ${sizeBytes} bytes, its limit is ${limitBytes}. Put the manifest into a sidecar.`,
    { details: { sizeBytes, limitBytes } },
  );
}
