import { describe, expect, it } from "vitest";
import { decodeJsonBytes } from "./decode-json-bytes.js";
import { decodeUtf8 } from "./decode-utf8.js";

const TEXT = '{"é":"😀"}';

function encode(unitBytes: 2 | 4, isLittleEndian: boolean, mark: boolean, text = TEXT): Uint8Array {
  const marked = mark ? `\ufeff${text}` : text;
  const units =
    unitBytes === 2
      ? Array.from({ length: marked.length }, (_, index) => marked.charCodeAt(index))
      : Array.from(marked, (character) => character.codePointAt(0) ?? 0);
  const view = new DataView(new ArrayBuffer(units.length * unitBytes));
  units.forEach((unit, index) => {
    if (unitBytes === 2) view.setUint16(index * 2, unit, isLittleEndian);
    else view.setUint32(index * 4, unit, isLittleEndian);
  });
  return new Uint8Array(view.buffer);
}

describe("decodeJsonBytes", () => {
  it.each([
    ["UTF-16 BE", 2, false],
    ["UTF-16 LE", 2, true],
    ["UTF-32 BE", 4, false],
    ["UTF-32 LE", 4, true],
  ] as const)("finds %s with and without a byte order mark", (_name, unitBytes, isLittleEndian) => {
    for (const mark of [true, false]) {
      const bytes = encode(unitBytes, isLittleEndian, mark);
      expect(decodeJsonBytes(bytes)).toBe(TEXT);
    }
  });

  it("finds two-byte texts by their zero byte", () => {
    expect(decodeJsonBytes(Uint8Array.of(0, 0x35))).toBe("5");
    expect(decodeJsonBytes(Uint8Array.of(0x35, 0))).toBe("5");
    expect(decodeJsonBytes(Uint8Array.of(0x35, 0x36))).toBe("56");
  });

  it("takes a UTF-8 byte order mark away, which decodeUtf8 leaves", () => {
    const bytes = new TextEncoder().encode(`\ufeff${TEXT}`);
    expect(decodeJsonBytes(bytes)).toBe(TEXT);
    expect(decodeUtf8(bytes)).toBe(`\ufeff${TEXT}`);
  });

  it("decodes more than one piece of units without splitting it wrongly", () => {
    const text = "a😀".repeat(20_000);
    expect(decodeJsonBytes(encode(2, true, true, text))).toBe(text);
    expect(decodeJsonBytes(encode(4, false, true, text))).toBe(text);
  });

  it.each([
    ["a stray continuation byte", [0x22, 0x80, 0x22]],
    ["an overlong form", [0xc0, 0xaf]],
    ["a UTF-8 surrogate", [0xed, 0xa0, 0x80]],
    ["half a UTF-16 unit", [0xff, 0xfe, 0x20]],
    ["a UTF-32 value above U+10FFFF", [0, 0, 0xfe, 0xff, 0, 0x11, 0, 0]],
  ])("refuses %s", (_name, bytes) => {
    expect(() => decodeJsonBytes(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code: "INVALID_JSON" }));
  });
});
