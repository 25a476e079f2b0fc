import { describe, expect, it } from "vitest";
import { guessMediaType, sniffMediaType } from "../src/index.js";
import { goldenText } from "./golden-rows.js";

interface SniffRow {
  readonly id: string;
  readonly name: string;
  readonly head_hex: string;
  readonly sniff: string | null;
  readonly guess: string;
}

// Our own copy, so its shape is known.
const rows = goldenText("sniff.jsonl")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as SniffRow);

/** Rows where ours is better than Python's, why, and what ours says. */
const DIFFERING_ROWS: Readonly<Record<string, readonly [reason: string, sniff: string | null, guess: string]>> = {
  s004: ["three bytes are the whole signature of JPEG; Python wants a fourth", "image/jpeg", "image/jpeg"],
  s011: ["FFF2 begins an MPEG-2 frame of layer III with a checksum", "audio/mpeg", "audio/mpeg"],
  s012: ["FFFA begins an MPEG-1 frame of layer III with a checksum", "audio/mpeg", "audio/mpeg"],
  s013: ["FFF1 begins an ADTS frame of AAC", "audio/aac", "audio/aac"],
  s014: ["FFF9 begins an ADTS frame of AAC in MPEG-2", "audio/aac", "audio/aac"],
  s030: ["Python knows no GIF, not even by its extension", null, "image/gif"],
  s031: ["Python knows no GIF", "image/gif", "image/gif"],
  s032: ["Python knows no WebM", "video/webm", "video/webm"],
  s033: ["Python knows no Ogg", "audio/ogg", "audio/ogg"],
};

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits, "hex"));
const text = (characters: string) => Uint8Array.from(Buffer.from(characters, "latin1"));
const ftyp = (brand: string, ...compatible: readonly string[]) =>
  text(`\0\0\0${String.fromCharCode(16 + 4 * compatible.length)}ftyp${brand}\0\0\0\0${compatible.join("")}`);

describe("golden media types", () => {
  it("has all 24 rows and names each differing row", () => {
    expect(rows).toHaveLength(24);
    const differing = rows.filter(
      ({ name, head_hex, sniff, guess }) =>
        (sniffMediaType(hex(head_hex)) ?? null) !== sniff ||
        guessMediaType({ head: hex(head_hex), path: name }) !== guess,
    );
    expect(differing.map(({ id }) => id)).toEqual(Object.keys(DIFFERING_ROWS));
  });

  for (const row of rows) {
    const [reason, sniff, guess] = DIFFERING_ROWS[row.id] ?? ["says what Python says", row.sniff, row.guess];
    it(`${row.id} (${row.name}): ${reason}`, () => {
      const head = hex(row.head_hex);
      expect(sniffMediaType(head) ?? null).toBe(sniff);
      expect(guessMediaType({ head, path: row.name })).toBe(guess);
    });
  }
});

describe("sniffMediaType", () => {
  it.each([
    ["iTunes music", ftyp("M4A "), "audio/mp4"],
    ["an audio book", ftyp("M4B "), "audio/mp4"],
    ["QuickTime", ftyp("qt  "), "video/quicktime"],
    ["AVIF", ftyp("avif"), "image/avif"],
    ["animated AVIF", ftyp("avis"), "image/avif"],
    ["HEIC", ftyp("heic"), "image/heic"],
    ["a HEIF picture that is also AVIF", ftyp("mif1", "miaf", "avif"), "image/avif"],
    ["a HEIF picture that is also HEIC", ftyp("mif1", "heic"), "image/heic"],
    ["another HEIF picture", ftyp("mif1", "miaf"), "image/heif"],
    ["a film whose compatible brands name music", ftyp("isom", "M4A "), "video/mp4"],
    ["a file type box that is cut off", ftyp("avif").subarray(0, 10), "video/mp4"],
    ["QuickTime without a file type box", text("\0\0\0\x08wide\0\0\0\0mdat"), "video/quicktime"],
    ["GIF of 1987", text("GIF87a"), "image/gif"],
    ["TIFF, least byte first", text("II*\0\x08\0\0\0"), "image/tiff"],
    ["TIFF, most byte first", text("MM\0*\0\0\0\x08"), "image/tiff"],
    ["BigTIFF", text("MM\0+\0\x08\0\0"), "image/tiff"],
    ["PDF", text("%PDF-1.7"), "application/pdf"],
    ["JPEG 2000", text("\0\0\0\x0cjP  \r\n\x87\n"), "image/jp2"],
    ["JPEG XL in its container", text("\0\0\0\x0cJXL \r\n\x87\n"), "image/jxl"],
    ["AVI", text("RIFF\0\0\0\0AVI "), "video/x-msvideo"],
    ["MP3 behind an ID3 tag", text("ID3\x04\0\0"), "audio/mpeg"],
    ["MPEG-2.5 audio", hex("ffe36400"), "audio/mpeg"],
  ])("knows %s", (_, head, mediaType) => {
    expect(sniffMediaType(head)).toBe(mediaType);
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["another RIFF file", text("RIFF\0\0\0\0ACON")],
    ["MPEG audio of layer II", hex("fffd9064")],
    ["UTF-16", hex("fffe4100")],
    ["a text", text("GIF files are old")],
  ])("says nothing of %s", (_, head) => {
    expect(sniffMediaType(head)).toBeUndefined();
  });

  it("lets bytes win over the name, and needs neither", () => {
    expect(guessMediaType({ head: text("GIF89a"), path: "a.png" })).toBe("image/gif");
    expect(guessMediaType({ path: "folder.png/CLIP.MOV" })).toBe("video/quicktime");
    expect(guessMediaType({})).toBe("application/octet-stream");
  });
});
