import { type ByteSource, GenblazeError } from "@genblaze/core";
import { type Field, fourCharacters, MAX_UINT32, uint32le, uint64le } from "../binary/fields.js";
import { malformedMedia } from "../malformed-media.js";
import { LARGE_RIFF_SIZE_OFFSET, readLargeSizes, type WavLargeSizes } from "./wav-large-sizes.js";

/** "RIFF", the size of what follows, "WAVE". */
export const WAV_HEADER_BYTES = 12;
/** Where the RIFF size stands. */
const RIFF_SIZE_OFFSET = 4;

/** RF64 (EBU Tech 3306) and BW64 (ITU-R BS.2088) keep their sizes in a ds64 chunk. */
const LARGE_FORMS: ReadonlySet<string> = new Set(["RF64", "BW64"]);
/** Big-endian; not patched. */
const REFUSED_FORM = "RIFX";

/** Whether the bytes begin as a WAV file, its refused relative included: it gets a clear error. */
export function isWav(head: Uint8Array): boolean {
  if (head.length < WAV_HEADER_BYTES || fourCharacters.read(head, 8) !== "WAVE") return false;
  const form = fourCharacters.read(head, 0);
  return form === "RIFF" || form === REFUSED_FORM || LARGE_FORMS.has(form);
}

/** What a WAV file says of its sizes at its beginning. */
export interface WavHeader {
  readonly riffSize: number;
  /** Where the RIFF size stands, and how. */
  readonly riffSizeField: { readonly start: number; readonly field: Field<number> };
  /** The sizes in the ds64 chunk of a 64-bit file. */
  readonly largeSizes: WavLargeSizes | undefined;
}

/** Reads the header; MEDIA_UNSUPPORTED for a relative that cannot be changed, MEDIA_MALFORMED for anything else. */
export async function readWavHeader(source: ByteSource): Promise<WavHeader> {
  const head = await source.read(0, Math.min(source.sizeBytes, WAV_HEADER_BYTES));
  if (!isWav(head)) throw malformedMedia("This is no WAV file: it has no RIFF/WAVE header.");
  const form = fourCharacters.read(head, 0);
  const riffSize = uint32le.read(head, RIFF_SIZE_OFFSET);
  if (form === REFUSED_FORM) throw unsupportedWav(form, "This is a big-endian WAV file (RIFX)");
  if (!LARGE_FORMS.has(form)) {
    return { riffSize, riffSizeField: { start: RIFF_SIZE_OFFSET, field: uint32le }, largeSizes: undefined };
  }
  const largeSizes = riffSize === MAX_UINT32 ? await readLargeSizes(source, WAV_HEADER_BYTES) : undefined;
  if (largeSizes === undefined) throw unsupportedWav(form, `This ${form} file does not begin with its 64-bit sizes`);
  const riffSizeField = { start: WAV_HEADER_BYTES + LARGE_RIFF_SIZE_OFFSET, field: uint64le };
  return { riffSize: largeSizes.riffSize, riffSizeField, largeSizes };
}

/** MEDIA_UNSUPPORTED: whoever embeds then writes a sidecar. */
export function unsupportedWav(form: string, problem: string): GenblazeError {
  const message = `${problem}, so it cannot be changed. Put its manifest into a sidecar.`;
  return new GenblazeError("MEDIA_UNSUPPORTED", message, { details: { form } });
}
