import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MediaHandler } from "@genblaze/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concatBytes } from "../../src/binary/bytes.js";
import { latin1 } from "../../src/binary/fields.js";
import { createMemorySource } from "../../src/binary/memory-source.js";
import { renderPieces } from "../../src/binary/pieces.js";
import { flacHandler } from "../../src/flac/flac-handler.js";
import { mp3Handler } from "../../src/mp3/mp3-handler.js";
import { id3Frame, id3Tag, synchsafeBytes, unsynchronised } from "../mp3-samples.js";

/** ASCII, and beyond it; both longer than the 127 bytes up to which all ways to write a size are the same. */
const payloads = [JSON.stringify({ text: "x".repeat(300) }), JSON.stringify({ text: "é 日 😀 ".repeat(40) })];
/** With title, comment and an own key, as ffmpeg writes them. */
const tags = ["-metadata", "title=Title é 日", "-metadata", "artist=Someone", "-metadata", "own=a value"];
const cover = ["-f", "lavfi", "-i", "color=c=red:s=32x32:r=10:d=0.1", "-map", "0", "-map", "1", "-frames:v", "1"];
const coverStream = ["-c:v", "png", "-disposition:v", "attached_pic"];
const lame = ["-c:a", "libmp3lame", "-b:a", "48k"];

/** Audio by ffmpeg's own writers. */
const made: readonly [name: string, extension: "mp3" | "flac", settings: readonly string[]][] = [
  ["MP3 without a tag", "mp3", [...lame, "-write_id3v2", "0", "-write_xing", "0"]],
  ["MP3 with ID3v2.4", "mp3", [...lame, ...tags, "-id3v2_version", "4"]],
  [
    "MP3 with ID3v2.3, cover and ID3v1",
    "mp3",
    [...cover, ...lame, ...coverStream, ...tags, "-id3v2_version", "3", "-write_id3v1", "1"],
  ],
  ["MP3 with ID3v2.4 and cover", "mp3", [...cover, ...lame, ...coverStream, ...tags, "-id3v2_version", "4"]],
  ["FLAC with tags", "flac", ["-c:a", "flac", ...tags]],
  ["FLAC with tags and cover", "flac", [...cover, "-c:a", "flac", ...coverStream, ...tags]],
];

const title = latin1("\0A title");
const picture = concatBytes([
  latin1("\0image/png\0\x03\0"),
  Uint8Array.of(0x89, 0x50, 0xff, 0xe0, 0xff, 0x00, 0xff, 0xfb),
  new Uint8Array(200).fill(7),
]);
const oldPicture = concatBytes([latin1("\0PNG\x03\0"), picture.subarray(13)]);
const comment = latin1("\0Someone");
const framesV23 = concatBytes([id3Frame(3, "TIT2", title), id3Frame(3, "APIC", picture), id3Frame(3, "TPE1", comment)]);
const framesV24 = [id3Frame(4, "TIT2", title), id3Frame(4, "APIC", picture), id3Frame(4, "TPE1", comment)];
const padding = new Uint8Array(100);

/** Tags that no writer here makes, in front of real audio. */
const tagged: readonly [name: string, tag: Uint8Array][] = [
  [
    "ID3v2.2",
    id3Tag(2, [id3Frame(2, "TT2", title), id3Frame(2, "PIC", oldPicture), id3Frame(2, "TP1", comment), padding]),
  ],
  [
    "ID3v2.3 unsynchronised",
    id3Tag(3, [unsynchronised(concatBytes([id3Frame(3, "TIT2", title), id3Frame(3, "TPE1", comment)])), padding], 0x80),
  ],
  ["ID3v2.3 with an extended header", id3Tag(3, [latin1("\0\0\0\x06\0\0\0\0\0\x64"), framesV23, padding], 0x40)],
  [
    "ID3v2.4 with an extended header and a footer",
    id3Tag(4, [synchsafeBytes(6), Uint8Array.of(1, 0), ...framesV24], 0x50),
  ],
  [
    "ID3v2.4 unsynchronised",
    id3Tag(4, [id3Frame(4, "TIT2", title, 2), id3Frame(4, "APIC", unsynchronised(picture), 2), padding], 0x80),
  ],
  ["sizes of iTunes", id3Tag(4, [id3Frame(4, "APIC", picture, 0, true), id3Frame(4, "TIT2", title, 0, true), padding])],
  ["an empty tag", id3Tag(4, [])],
];

let folder = "";
const originals = new Map<string, Uint8Array>();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "genblaze-tools-"));
  for (const [name, extension, settings] of made) originals.set(name, madeByFfmpeg(extension, settings));
  const audio = originals.get("MP3 without a tag") ?? new Uint8Array();
  for (const [name, tag] of tagged) originals.set(name, concatBytes([tag, audio]));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const files = [
  ...made.map(([name, extension]) => ({ name, extension })),
  ...tagged.map(([name]) => ({ name, extension: "mp3" as const })),
];
/** exiftool looks for frames four bytes too early behind an extended header of ID3v2.3, so it finds none there. */
const readByExiftool = files.filter(({ name }) => name !== "ID3v2.3 with an extended header");

describe("MP3 and FLAC by other tools", () => {
  it.each(files)("$name: ffmpeg decodes the same audio before and after", async ({ name, extension }) => {
    for (const { before, after } of await embeddings(name, extension)) {
      expect(audioHash(after)).toBe(audioHash(before));
    }
  });

  it.each(files)(
    "$name: ffprobe reads the same foreign tags and streams, and our manifest",
    async ({ name, extension }) => {
      for (const { before, after, payload } of await embeddings(name, extension)) {
        const [known, found] = [probe(before), probe(after)];
        expect({ ...found, tags: without(found.tags, isOurs) }).toEqual(known);
        expect(
          Object.entries(found.tags)
            .filter(([key]) => isOurs(key))
            .map(([, value]) => value),
        ).toEqual([payload]);
      }
    },
  );

  it.each(readByExiftool)(
    "$name: exiftool reads the same foreign tags, and our manifest",
    async ({ name, extension }) => {
      // In UTF-16 of ID3v2.3 exiftool reads no characters beyond 16 bits.
      const narrow = payloads.map((payload) => payload.replaceAll("😀", "☺"));
      for (const { before, after, payload } of await embeddings(name, extension, narrow)) {
        const [known, found] = [exif(before), exif(after)];
        const manifest = Object.values(found).filter((value) => String(value).includes(payload));
        expect(manifest.length).toBe(1);
        expect(Object.values(found).filter((value) => !manifest.includes(value))).toEqual(Object.values(known));
      }
    },
  );

  it.each(files)("$name: stripping gives the file back", async ({ name, extension }) => {
    for (const { before, after } of await embeddings(name, extension)) {
      const bytes = readFileSync(after);
      const stripped = renderPieces(bytes, await handlerOf(extension).strip(createMemorySource(bytes)));
      expect(Buffer.compare(stripped, readFileSync(before))).toBe(0);
    }
  });
});

function madeByFfmpeg(extension: string, settings: readonly string[]): Uint8Array {
  const path = join(folder, `made.${extension}`);
  const tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=0.3:sample_rate=22050"];
  execFileSync("ffmpeg", ["-v", "error", "-y", ...tone, ...settings, path]);
  return Uint8Array.from(readFileSync(path));
}

/** The paths of a file and of what embedding each manifest in it gives. */
async function embeddings(name: string, extension: "mp3" | "flac", manifests = payloads) {
  const bytes = originals.get(name) ?? new Uint8Array();
  const before = join(folder, `before.${extension}`);
  writeFileSync(before, bytes);
  const results: { before: string; after: string; payload: string }[] = [];
  for (const [index, payload] of manifests.entries()) {
    const source = createMemorySource(bytes);
    const pieces = await handlerOf(extension).embed(source, new TextEncoder().encode(payload));
    const after = join(folder, `after-${index}.${extension}`);
    writeFileSync(after, renderPieces(bytes, pieces));
    results.push({ before, after, payload });
  }
  return results;
}

function handlerOf(extension: "mp3" | "flac"): MediaHandler {
  return extension === "mp3" ? mp3Handler : flacHandler;
}

function audioHash(path: string): string {
  return execFileSync("ffmpeg", ["-v", "fatal", "-i", path, "-map", "0:a", "-f", "hash", "-"], { encoding: "utf8" });
}

interface Probed {
  readonly tags: Record<string, string>;
  readonly streams: readonly unknown[];
}

function probe(path: string): Probed {
  const shown = ["-show_entries", "format_tags:stream=codec_name,width,height,sample_rate,channels:stream_tags"];
  const text = execFileSync("ffprobe", ["-v", "fatal", ...shown, "-of", "json", path], { encoding: "utf8" });
  const { format, streams } = JSON.parse(text) as { format: { tags?: Record<string, string> }; streams: unknown[] };
  return { tags: format.tags ?? {}, streams };
}

/** Every tag with its pictures, except what is of the file itself and what is guessed from its size. */
function exif(path: string): Record<string, unknown> {
  const text = execFileSync("exiftool", ["-j", "-a", "-b", "-G1:4", path], { encoding: "utf8" });
  const [found = {}] = JSON.parse(text) as Record<string, unknown>[];
  return without(found, (key) => /^(SourceFile|ExifTool:|System:|File:ID3Size|Composite:)/.test(key));
}

function isOurs(key: string): boolean {
  return /genblaze[:_]manifest/i.test(key);
}

function without<Value>(record: Record<string, Value>, isLeftOut: (key: string) => boolean): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !isLeftOut(key)));
}
