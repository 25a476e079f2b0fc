import { type ByteSource, GenblazeError } from "@genblaze/core";
import { fourCharacters, uint32le } from "../binary/fields.js";
import { malformedMedia } from "../malformed-media.js";

/** "RIFF", the size of what follows, "WAVE". */
export const WAV_HEADER_BYTES = 12;
/** Where the RIFF size stands. */
export const RIFF_SIZE_OFFSET = 4;

/** RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088) keep sizes in a ds64 chunk; RIFX is big-endian. Neither is patched. */
const REFUSED = new Map([
  ["RF64", "64-bit"],
  ["BW64", "64-bit"],
  ["RIFX", "big-endian"],
]);

/** Whether the bytes begin as a WAV file, one of its refused relatives included: they get a clear error. */
export function isWav(head: Uint8Array): boolean {
  if (head.length < WAV_HEADER_BYTES || fourCharacters.read(head, 8) !== "WAVE") return false;
  const form = fourCharacters.read(head, 0);
  return form === "RIFF" || REFUSED.has(form);
}

/** The RIFF size of a WAV file; MEDIA_UNSUPPORTED for a relative, MEDIA_MALFORMED for anything else. */
export async function readRiffSize(source: ByteSource): Promise<number> {
  const head = await source.read(0, Math.min(source.sizeBytes, WAV_HEADER_BYTES));
  if (!isWav(head)) throw malformedMedia("This is no WAV file: it has no RIFF/WAVE header.");
  const form = fourCharacters.read(head, 0);
  const kind = REFUSED.get(form);
  if (kind === undefined) return uint32le.read(head, RIFF_SIZE_OFFSET);
  const message = `This is a ${kind} WAV file (${form}), which cannot be changed. Put its manifest into a sidecar.`;
  throw new GenblazeError("MEDIA_UNSUPPORTED", message, { details: { form } });
}
