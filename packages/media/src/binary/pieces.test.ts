import type { Piece } from "@genblaze/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemorySource } from "./memory-source.js";
import { createPieceSource } from "./piece-source.js";
import { composePieces, isUnchanged, piecesFromEdits, renderPieces, slicePieces, totalLength } from "./pieces.js";
import { streamPieces } from "./stream-pieces.js";

const bytes = Uint8Array.from({ length: 50 }, (_, index) => index);

/** Pieces of a source of the given size. */
function piecesOf(sizeBytes: number): fc.Arbitrary<Piece[]> {
  const copy = fc
    .tuple(fc.nat(sizeBytes), fc.nat(sizeBytes))
    .map(([one, other]): Piece => ({ kind: "copy", start: Math.min(one, other), end: Math.max(one, other) }));
  const fresh = fc.uint8Array({ maxLength: 5 }).map((fresh): Piece => ({ kind: "bytes", bytes: fresh }));
  return fc.array(fc.oneof(copy, fresh), { maxLength: 8 });
}

describe("pieces", () => {
  it("leaves out what edits remove, puts in what they add, and joins what lies together", () => {
    const edits = [
      { start: 4, end: 8, replacement: [Uint8Array.of(99)] },
      { start: 8, end: 10 },
      { start: 20, end: 20, replacement: [Uint8Array.of(98), new Uint8Array()] },
    ];
    expect(piecesFromEdits(30, edits)).toEqual([
      { kind: "copy", start: 0, end: 4 },
      { kind: "bytes", bytes: Uint8Array.of(99) },
      { kind: "copy", start: 10, end: 20 },
      { kind: "bytes", bytes: Uint8Array.of(98) },
      { kind: "copy", start: 20, end: 30 },
    ]);
    expect(piecesFromEdits(30, [{ start: 3, end: 3 }])).toEqual([{ kind: "copy", start: 0, end: 30 }]);
    expect(isUnchanged(piecesFromEdits(30, []), 30)).toBe(true);
    expect(isUnchanged(piecesFromEdits(0, []), 0)).toBe(true);
    expect(isUnchanged(piecesFromEdits(30, [{ start: 29, end: 30 }]), 30)).toBe(false);
  });

  it("composes two changes into one that gives the same bytes", () => {
    const cases = piecesOf(bytes.length).chain((inner) => fc.tuple(fc.constant(inner), piecesOf(totalLength(inner))));
    fc.assert(
      fc.property(cases, ([inner, outer]) => {
        expect(renderPieces(bytes, composePieces(outer, inner))).toEqual(
          renderPieces(renderPieces(bytes, inner), outer),
        );
      }),
    );
  });

  it("slices and reads any range, and streams the whole", async () => {
    await fc.assert(
      fc.asyncProperty(piecesOf(bytes.length), fc.nat(60), fc.nat(60), async (pieces, offset, length) => {
        const whole = renderPieces(bytes, pieces);
        const source = createPieceSource(createMemorySource(bytes), pieces);
        expect(source.sizeBytes).toBe(whole.length);
        const end = Math.min(offset + length, whole.length);
        expect(renderPieces(bytes, slicePieces(pieces, offset, end))).toEqual(whole.subarray(offset, end));
        if (offset <= end) expect(await source.read(offset, end - offset)).toEqual(whole.subarray(offset, end));
        const chunks: number[] = [];
        for await (const chunk of streamPieces(createMemorySource(bytes), pieces)) chunks.push(...chunk);
        expect(chunks).toEqual([...whole]);
      }),
    );
  });

  it("refuses to read past the end", async () => {
    const source = createPieceSource(createMemorySource(bytes), [{ kind: "copy", start: 0, end: 10 }]);
    await expect(source.read(5, 6)).rejects.toMatchObject({ code: "MEDIA_MALFORMED" });
    await expect(createMemorySource(bytes).read(-1, 2)).rejects.toMatchObject({ code: "MEDIA_MALFORMED" });
  });
});
