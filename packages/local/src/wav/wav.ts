import type { StereoSound } from "./stereo-sound.js";

const HEADER_BYTES = 44;

/** Writes 16-bit PCM; samples beyond -1 to 1 are cut. */
export function writeWav(channels: readonly Float32Array[], sampleRate: number): Uint8Array {
  const frames = channels[0]?.length ?? 0;
  const block = channels.length * 2;
  const bytes = new Uint8Array(HEADER_BYTES + frames * block);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string): void => {
    for (let index = 0; index < value.length; index++) view.setUint8(at + index, value.charCodeAt(index));
  };
  text(0, "RIFF");
  view.setUint32(4, 36 + frames * block, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * block, true);
  view.setUint16(32, block, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, frames * block, true);
  for (const [channel, samples] of channels.entries()) {
    for (let index = 0; index < frames; index++) {
      const value = Math.max(-1, Math.min(1, samples[index] ?? 0));
      view.setInt16(HEADER_BYTES + index * block + channel * 2, Math.round(value * 32767), true);
    }
  }
  return bytes;
}

const MAX_CHUNKS = 1000;

/** Reads 16-bit PCM in one or two channels; `undefined` when the bytes are anything else. */
export function readWav(bytes: Uint8Array): StereoSound | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 12 || tag(view, 0) !== "RIFF" || tag(view, 8) !== "WAVE") return undefined;
  let format: { channels: number; sampleRate: number } | undefined;
  let at = 12;
  for (let chunk = 0; chunk < MAX_CHUNKS && at + 8 <= bytes.byteLength; chunk++) {
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (tag(view, at) === "fmt " && size >= 16 && body + 16 <= bytes.byteLength) format = readFormat(view, body);
    if (tag(view, at) === "data" && format !== undefined)
      return readSamples(view, body, Math.min(size, bytes.byteLength - body), format);
    at = body + size + (size & 1);
  }
  return undefined;
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}

function readFormat(view: DataView, at: number): { channels: number; sampleRate: number } | undefined {
  const channels = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  const isKnown =
    view.getUint16(at, true) === 1 && view.getUint16(at + 14, true) === 16 && (channels === 1 || channels === 2);
  return isKnown && sampleRate >= 8000 && sampleRate <= 192_000 ? { channels, sampleRate } : undefined;
}

function readSamples(
  view: DataView,
  from: number,
  size: number,
  format: { channels: number; sampleRate: number },
): StereoSound {
  const block = format.channels * 2;
  const frames = Math.floor(size / block);
  const left = new Float32Array(frames);
  const right = format.channels === 2 ? new Float32Array(frames) : left;
  for (let index = 0; index < frames; index++) {
    left[index] = view.getInt16(from + index * block, true) / 32768;
    if (format.channels === 2) right[index] = view.getInt16(from + index * block + 2, true) / 32768;
  }
  return { sampleRate: format.sampleRate, left, right };
}
