import { describe, expect, it } from "vitest";
import { fourCharacters, uint32be, uint32le, uint64be } from "./fields.js";

describe("fields", () => {
  it("writes and reads the bytes of the formats", () => {
    expect(uint32be.write(0x8102_0304)).toEqual(Uint8Array.of(0x81, 2, 3, 4));
    expect(uint32le.write(0x8102_0304)).toEqual(Uint8Array.of(4, 3, 2, 0x81));
    expect(uint64be.write(0x01_0000_0002)).toEqual(Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2));
    expect(fourCharacters.write("\xa9day")).toEqual(Uint8Array.of(0xa9, 100, 97, 121));
    const bytes = Uint8Array.of(7, 0x81, 2, 3, 4, 5, 6, 7, 8).subarray(1);
    expect(uint32be.read(bytes, 0)).toBe(0x8102_0304);
    expect(uint32le.read(bytes, 0)).toBe(0x0403_0281);
    expect(uint64be.read(bytes, 0)).toBe(2 ** 32 * 0x8102_0304 + 0x0506_0708);
    expect(fourCharacters.read(bytes, 4)).toBe("\x05\x06\x07\x08");
  });
});
