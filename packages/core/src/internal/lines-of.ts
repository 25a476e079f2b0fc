/** A piece of a file between two line feeds. */
export interface Line {
  /** Without its line feed. */
  readonly bytes: Uint8Array;
  /** Where it begins. */
  readonly offset: number;
  /** `torn`: the file ends without a line feed behind it. `too-long`: longer than allowed, and maybe not all of it. */
  readonly end: "whole" | "torn" | "too-long";
}

const LINE_FEED = 10;

/**
 * The lines of a file as it streams, of at most `maxBytes` each; after one that is too long and has no end nothing more
 * is read.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Line, void> {
  let offset = 0;
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    rest = rest.byteLength === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED, start)) {
      const bytes = rest.subarray(start, end);
      yield { bytes, offset, end: bytes.byteLength > maxBytes ? "too-long" : "whole" };
      offset += end + 1 - start;
      start = end + 1;
    }
    rest = rest.subarray(start);
    if (rest.byteLength > maxBytes) {
      yield { bytes: rest, offset, end: "too-long" };
      return;
    }
  }
  if (rest.byteLength > 0) yield { bytes: rest, offset, end: "torn" };
}
