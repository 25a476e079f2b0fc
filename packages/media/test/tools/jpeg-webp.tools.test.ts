import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MediaHandler } from "@genblaze/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemorySource } from "../../src/binary/memory-source.js";
import { renderPieces } from "../../src/binary/pieces.js";
import { jpegHandler } from "../../src/jpeg/jpeg-handler.js";
import { webpHandler } from "../../src/webp/webp-handler.js";
import { embedRows, goldenBytes } from "../golden-rows.js";
import { bytesOf, foreignPacket, jfif, jpegPictures, pictureOf, xmpSegment } from "../jpeg-samples.js";
import { webpPictures } from "../webp-samples.js";

/** What goes into a segment or chunk, and what is too large for a JPEG segment. */
const payloads = ['{"text":"<&>"}', `{"text":"${"x".repeat(100_000)}"}`];
const jpegs = [...originals("image/jpeg"), ...jpegPictures];
const webps = [...originals("image/webp"), ...webpPictures];
/** This ffmpeg decodes no animation. */
const stills = webps.filter(({ name }) => !name.includes("animated"));
/** A large manifest does not go before further images whose places the file names. */
const takesLarge = jpegs.filter(({ name }) => name !== "a second picture behind");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "genblaze-tools-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("ffmpeg", () => {
  it.each(jpegs)("decodes the same pixels of JPEG before and after: $name", async ({ bytes }) => {
    expect(pixelHash("after.jpg", await embed(jpegHandler, bytes))).toBe(pixelHash("before.jpg", bytes));
  });
  it.each(takesLarge)("decodes the same pixels of JPEG before a large manifest: $name", async ({ bytes }) => {
    const embedded = await embed(jpegHandler, bytes, payloads[1]);
    expect(pixelHash("after.jpg", embedded)).toBe(pixelHash("before.jpg", bytes));
  });
  it.each(stills)("decodes the same pixels of WebP before and after: $name", async ({ bytes }) => {
    for (const payload of payloads) {
      const embedded = await embed(webpHandler, bytes, payload);
      expect(pixelHash("after.webp", embedded)).toBe(pixelHash("before.webp", bytes));
    }
  });
});

describe("exiftool", () => {
  it.each(jpegs)("reads the same foreign tags of JPEG before and after: $name", async ({ bytes }) => {
    expect(foreignTags("after.jpg", await embed(jpegHandler, bytes))).toEqual(
      foreignTags("before.jpg", await strip(jpegHandler, bytes)),
    );
  });
  it.each(webps)("reads the same foreign tags of WebP before and after: $name", async ({ bytes }) => {
    for (const payload of payloads) {
      expect(foreignTags("after.webp", await embed(webpHandler, bytes, payload))).toEqual(
        foreignTags("before.webp", await strip(webpHandler, bytes)),
      );
    }
  });
  it("reads the title, Exif, profile and manifest of a file that has them all", async () => {
    const [rich] = jpegPictures;
    const tags = readTags("rich.jpg", await embed(jpegHandler, rich?.bytes ?? new Uint8Array()));
    expect(tags).toMatchObject({ "XMP-dc:Title": "A title", "IFD0:ImageDescription": "desc" });
    expect(tags["XMP-mf:Manifest"]).toBe(payloads[0]);
    expect(Object.keys(tags).some((name) => name.startsWith("ICC_Profile:"))).toBe(true);
    const webp = readTags("rich.webp", await embed(webpHandler, goldenBytes("orig/webp-exif-icc-xmp.webp")));
    expect(webp).toMatchObject({ "XMP-dc:Creator": "me" });
    expect(Object.keys(webp).some((name) => name.startsWith("ICC_Profile:"))).toBe(true);
  });
  it("finds and takes out a manifest that exiftool copied into a packet of its own", async () => {
    for (const [handler, name, bytes] of [
      [jpegHandler, "edited.jpg", pictureOf([jfif])],
      [webpHandler, "edited.webp", goldenBytes("orig/webp-lossy.webp")],
    ] as const) {
      const edited = editTitle(name, await embed(handler, bytes));
      expect(await extract(handler, edited)).toEqual(bytesOf(payloads[0] ?? ""));
      const stripped = await strip(handler, edited);
      expect(await extract(handler, stripped)).toBeUndefined();
      expect(readTags(name, stripped)).toMatchObject({ "XMP-dc:Title": "Edited" });
      const replaced = await embed(handler, edited, '{"new":1}');
      expect(await extract(handler, replaced)).toEqual(bytesOf('{"new":1}'));
      expect(await strip(handler, replaced)).toEqual(stripped);
    }
  });
  it("keeps a title that stands in a packet without trailer", async () => {
    const bytes = pictureOf([jfif, xmpSegment(foreignPacket("", ""))]);
    expect(readTags("open.jpg", await embed(jpegHandler, bytes))).toMatchObject({ "XMP-dc:Title": "A title" });
  });
});

describe("webpinfo", () => {
  it.each(originals("image/webp"))("finds no fault after embedding: $name", async ({ bytes }) => {
    for (const payload of payloads) {
      writeFileSync(join(folder, "info.webp"), await embed(webpHandler, bytes, payload));
      const said = execFileSync("webpinfo", [join(folder, "info.webp")], { encoding: "utf8" });
      expect(said).toContain("No error detected.");
      expect(said.toLowerCase()).not.toContain("warning");
    }
  });
});

function originals(mime: string): { readonly name: string; readonly bytes: Uint8Array }[] {
  const rows = embedRows.filter((row) => row.mime === mime);
  return rows.map((row) => ({ name: row.original, bytes: goldenBytes(row.original) }));
}

function pixelHash(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const output = ["-frames:v", "1", "-map", "0:v:0", "-f", "hash", "-"];
  const said = execFileSync("ffmpeg", ["-v", "fatal", "-i", path, ...output], { encoding: "utf8" });
  expect(said).toMatch(/^SHA256=[0-9a-f]{64}\n$/);
  return said;
}

function readTags(name: string, bytes: Uint8Array): Record<string, unknown> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const said = execFileSync("exiftool", ["-j", "-a", "-G1", "-b", path], { encoding: "utf8" });
  // The shape that exiftool documents for -j: a list with one object for each file.
  const [tags] = JSON.parse(said) as [Record<string, unknown>];
  return tags;
}

/** The tags of metadata, without ours and without what describes the file itself. */
function foreignTags(name: string, bytes: Uint8Array): Record<string, unknown> {
  const ofFile = /^(SourceFile|ExifTool|System|File|RIFF|Composite|XMP-mf|XMP-x|Trailer)(:|$)/;
  return Object.fromEntries(Object.entries(readTags(name, bytes)).filter(([tag]) => !ofFile.test(tag)));
}

function editTitle(name: string, bytes: Uint8Array): Uint8Array {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  execFileSync("exiftool", ["-q", "-overwrite_original", "-XMP-dc:Title=Edited", path]);
  return Uint8Array.from(readFileSync(path));
}

async function extract(handler: MediaHandler, bytes: Uint8Array): Promise<Uint8Array | undefined> {
  return handler.extract(createMemorySource(bytes));
}

async function embed(handler: MediaHandler, bytes: Uint8Array, payload = payloads[0] ?? ""): Promise<Uint8Array> {
  return renderPieces(bytes, await handler.embed(createMemorySource(bytes), bytesOf(payload)));
}

async function strip(handler: MediaHandler, bytes: Uint8Array): Promise<Uint8Array> {
  return renderPieces(bytes, await handler.strip(createMemorySource(bytes)));
}
