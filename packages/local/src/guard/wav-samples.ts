/** Where the samples of a WAV file are, and how they are written. */
export interface WavSamples {
  readonly encoding: "whole" | "float";
  readonly bits: number;
  readonly channels: number;
  readonly start: number;
  /** Bytes of whole frames. */
  readonly sizeBytes: number;
}

/** The samples, or why they are not to be had: another encoding, or bytes that are no WAV file. */
export type WavReading =
  | { readonly kind: "samples"; readonly samples: WavSamples }
  | { readonly kind: "unknown"; readonly problem: string }
  | { readonly kind: "damaged"; readonly problem: string };

interface Format {
  readonly tag: number;
  readonly channels: number;
  readonly bits: number;
  readonly frameBytes: number;
}

/** More chunks than that has no file; the walk ends there. */
const MAX_CHUNKS = 1000;
const HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const OPEN_SIZE = 0xffffffff;
/** Format tags (Microsoft, mmreg.h): PCM, IEEE float, and the one that says to look in the extension. */
const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
const encodings: ReadonlyMap<number, { readonly encoding: WavSamples["encoding"]; readonly bits: readonly number[] }> =
  new Map([
    [PCM, { encoding: "whole", bits: [8, 16, 24, 32] }],
    [FLOAT, { encoding: "float", bits: [32, 64] }],
  ]);

/** Finds the samples of a RIFF, RF64 or BW64 file. Every size is cut to what there is. */
export function readWavSamples(bytes: Uint8Array): WavReading {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: Format | undefined;
  let largeSize: number | undefined;
  let data: { readonly start: number; readonly size: number } | undefined;
  let at = HEADER_BYTES;
  for (let chunk = 0; chunk < MAX_CHUNKS && at + CHUNK_HEADER_BYTES <= view.byteLength; chunk += 1) {
    const id = readTag(view, at);
    const start = at + CHUNK_HEADER_BYTES;
    const size = sizeOf(view, at, id, largeSize);
    if (id === "ds64" && size >= 16 && start + 16 <= view.byteLength) largeSize = readLargeSize(view, start + 8);
    if (id === "fmt ") format ??= readFormat(view, start, size);
    if (id === "data") data ??= { start, size };
    if (format !== undefined && data !== undefined) break;
    at = start + size + (size % 2);
  }
  if (format === undefined) return { kind: "damaged", problem: "it does not say how its sound is written" };
  if (data === undefined) return { kind: "damaged", problem: "it has no sound chunk" };
  return toReading(format, data);
}

/** Whether the bytes begin as a little-endian WAV file. */
export function isWav(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_BYTES) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return ["RIFF", "RF64", "BW64"].includes(readTag(view, 0)) && readTag(view, 8) === "WAVE";
}

/** A writer that never came back leaves a size of 0 or of all ones: then the sound goes on to the end. */
function sizeOf(view: DataView, at: number, id: string, largeSize: number | undefined): number {
  const size = view.getUint32(at + 4, true);
  const rest = view.byteLength - at - CHUNK_HEADER_BYTES;
  if (id !== "data") return size;
  if (size === OPEN_SIZE) return Math.min(largeSize ?? rest, rest);
  const riffEnd = CHUNK_HEADER_BYTES + view.getUint32(4, true);
  const isOpen = size === 0 && (riffEnd <= at + CHUNK_HEADER_BYTES || riffEnd > view.byteLength);
  return isOpen ? rest : Math.min(size, rest);
}

function readFormat(view: DataView, start: number, size: number): Format | undefined {
  if (size < 16 || start + 16 > view.byteLength) return undefined;
  const given = view.getUint16(start, true);
  // The first two bytes of the extension's GUID are the tag.
  const hasExtension = given === EXTENSIBLE && size >= 40 && start + 40 <= view.byteLength;
  return {
    tag: hasExtension ? view.getUint16(start + 24, true) : given,
    channels: view.getUint16(start + 2, true),
    frameBytes: view.getUint16(start + 12, true),
    bits: view.getUint16(start + 14, true),
  };
}

function toReading({ tag, channels, bits, frameBytes }: Format, data: { start: number; size: number }): WavReading {
  const known = encodings.get(tag);
  if (known === undefined) return { kind: "unknown", problem: `its sound is written in encoding ${tag}` };
  if (!known.bits.includes(bits)) return { kind: "unknown", problem: `its samples have ${bits} bits` };
  if (channels === 0 || frameBytes !== (channels * bits) / 8) {
    return { kind: "damaged", problem: `${channels} channels of ${bits} bits do not take ${frameBytes} bytes` };
  }
  const sizeBytes = data.size - (data.size % frameBytes);
  return { kind: "samples", samples: { encoding: known.encoding, bits, channels, start: data.start, sizeBytes } };
}

function readTag(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}

function readLargeSize(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}
