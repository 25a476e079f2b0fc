import { GenblazeError } from "@genblaze/core";
import { MAX_MANIFEST_BYTES } from "@genblaze/core/manifest";

/** Throws MEDIA_TOO_LARGE for a manifest to write that is above the limit which every reader applies. */
export function assertPayloadFits(sizeBytes: number): void {
  if (sizeBytes <= MAX_MANIFEST_BYTES) return;
  const said = `The manifest takes ${sizeBytes} bytes, the limit is ${MAX_MANIFEST_BYTES}.`;
  throw tooLarge(`${said} Put less into its run, or store it and embed a pointer to it.`, sizeBytes);
}

/** Throws MEDIA_TOO_LARGE for a manifest that a file declares; it is not read. */
export function assertPayloadReadable(sizeBytes: number, container: string): void {
  if (sizeBytes <= MAX_MANIFEST_BYTES) return;
  const said = `The manifest in this ${container} file has ${sizeBytes} bytes, the limit is ${MAX_MANIFEST_BYTES}.`;
  throw tooLarge(
    `${said} Get the file again from where it came, or read its manifest from where it is stored.`,
    sizeBytes,
  );
}

function tooLarge(message: string, sizeBytes: number): GenblazeError {
  return new GenblazeError("MEDIA_TOO_LARGE", message, { details: { sizeBytes, limitBytes: MAX_MANIFEST_BYTES } });
}
