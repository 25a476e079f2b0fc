/** Boxes that hold other boxes on the way to the clock fields. */
const CONTAINERS: ReadonlySet<string> = new Set(["moov", "trak", "mdia"]);
/** Boxes with a creation and a modification time after version and flags (ISO/IEC 14496-12, 8.2.2, 8.3.2, 8.4.2). */
const CLOCKED: ReadonlySet<string> = new Set(["mvhd", "tkhd", "mdhd"]);
const MAX_BOXES = 10_000;

/** Sets every creation and modification time of an mp4 to zero, in place. */
export function zeroClock(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  walk(view, 0, file.byteLength, { left: MAX_BOXES });
  return file;
}

function walk(view: DataView, from: number, to: number, budget: { left: number }): void {
  let at = from;
  while (at + 8 <= to && budget.left-- > 0) {
    const short = view.getUint32(at);
    const header = short === 1 ? 16 : 8;
    const size = short === 1 && at + 16 <= to ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - at : short;
    if (size < header || at + size > to) return;
    const type = String.fromCharCode(
      view.getUint8(at + 4),
      view.getUint8(at + 5),
      view.getUint8(at + 6),
      view.getUint8(at + 7),
    );
    if (CONTAINERS.has(type)) walk(view, at + header, at + size, budget);
    else if (CLOCKED.has(type)) clearTimes(view, at + header, at + size);
    at += size;
  }
}

function clearTimes(view: DataView, body: number, end: number): void {
  const length = view.getUint8(body) === 1 ? 16 : 8;
  for (let at = body + 4; at < Math.min(end, body + 4 + length); at++) view.setUint8(at, 0);
}
