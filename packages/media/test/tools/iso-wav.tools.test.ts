import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { MediaHandler } from "@genblaze/core";
import { afterAll, describe, expect, it } from "vitest";
import { createMemorySource } from "../../src/binary/memory-source.js";
import { renderPieces } from "../../src/binary/pieces.js";
import { m4aHandler } from "../../src/m4a/m4a-handler.js";
import { mp4Handler } from "../../src/mp4/mp4-handler.js";
import { wavHandler } from "../../src/wav/wav-handler.js";

const PAYLOAD = `{"text":"${"manifest ".repeat(400)}"}`;
const SOUND = ["-f", "lavfi", "-i", "sine=duration=0.4"];
const PICTURE = ["-f", "lavfi", "-i", "testsrc=duration=0.4:size=64x48:rate=10"];
const TAGS = ["-metadata", "title=A title", "-metadata", "artist=An artist", "-metadata", "comment=A comment"];
const AAC = [...SOUND, "-c:a", "aac", ...TAGS];
const VIDEO = [...PICTURE, ...AAC, "-c:v", "mpeg4"];
const FRAGMENTS = ["-movflags", "frag_keyframe+empty_moov", "-frag_duration", "100000"];
const PCM = [...SOUND, "-c:a", "pcm_s16le", ...TAGS];

/** How each file is made, and whether its manifest is also among its tags. */
const files: readonly (readonly [string, MediaHandler, readonly string[]])[] = [
  ["m4a, moov last", m4aHandler, [...AAC, "last.m4a"]],
  ["m4a, moov first", m4aHandler, [...AAC, "-movflags", "+faststart", "first.m4a"]],
  [
    "3gp, no tags at all",
    m4aHandler,
    [...SOUND, "-c:a", "aac", "-map_metadata", "-1", "-fflags", "+bitexact", "-movflags", "+faststart", "untagged.3gp"],
  ],
  ["m4a, lossless", m4aHandler, [...SOUND, "-c:a", "alac", ...TAGS, "-movflags", "+faststart", "lossless.m4a"]],
  ["m4a, absolute fragments", m4aHandler, [...AAC, ...FRAGMENTS, "-f", "ipod", "fragments.m4a"]],
  [
    "m4a, fragments and a segment index",
    m4aHandler,
    [...AAC, "-movflags", "frag_keyframe+empty_moov+default_base_moof+global_sidx", "-f", "ipod", "index.m4a"],
  ],
  ["mp4, moov last", mp4Handler, [...VIDEO, "last.mp4"]],
  ["mp4, moov first", mp4Handler, [...VIDEO, "-movflags", "+faststart", "first.mp4"]],
  ["mp4, fragments", mp4Handler, [...VIDEO, ...FRAGMENTS, "fragments.mp4"]],
  ["mp4 by the M4A handler", m4aHandler, [...VIDEO, "-movflags", "+faststart", "both.mp4"]],
  ["mp4 fragments by the M4A handler", m4aHandler, [...VIDEO, ...FRAGMENTS, "both-fragments.mp4"]],
  ["mov", mp4Handler, [...VIDEO, "clip.mov"]],
  ["wav", wavHandler, [...PCM, "sound.wav"]],
  ["wav, 64-bit", wavHandler, [...PCM, "-rf64", "always", "large.wav"]],
  [
    "wav, odd and written to a pipe",
    wavHandler,
    [...SOUND, "-af", "atrim=end_sample=4001", "-c:a", "pcm_u8", "-f", "wav", "-"],
  ],
];

const folder = mkdtempSync(join(tmpdir(), "genblaze-tools-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(files)("%s", (name, handler, recipe) => {
  const target = recipe.at(-1) ?? "";
  const extension = target === "-" ? ".wav" : extname(target);
  const paths = {
    before: join(folder, `${name.replaceAll(/\W/g, "-")}${extension}`),
    after: join(folder, `${name.replaceAll(/\W/g, "-")}-after${extension}`),
  };

  it("is read by ffmpeg, ffprobe and exiftool as before, and stripped to the same bytes", async () => {
    await writeFile(paths.before, await make(recipe));
    const before = await readFile(paths.before);
    const pieces = await handler.embed(createMemorySource(before), Buffer.from(PAYLOAD));
    const after = renderPieces(before, pieces);
    await writeFile(paths.after, after);

    expect(decodedHash(paths.after)).toBe(decodedHash(paths.before));
    expect(packetHash(paths.after)).toBe(packetHash(paths.before));
    expect(probe(paths.after)).toEqual(probe(paths.before));
    expect(foreignTags(paths.after)).toEqual(foreignTags(paths.before));
    if (handler === m4aHandler) expect(manifestTag(paths.after)).toBe(`${PAYLOAD}\n`);
    const stripped = renderPieces(after, await handler.strip(createMemorySource(after)));
    expect(Buffer.compare(stripped, before)).toBe(0);
    expect(Buffer.from(after).toString("latin1").split(PAYLOAD)).toHaveLength(handler === m4aHandler ? 3 : 2);
  });
});

/** ffmpeg needs a file to go back in, unless it shall not go back. */
async function make(recipe: readonly string[]): Promise<Uint8Array> {
  const target = recipe.at(-1) ?? "";
  const path = target === "-" ? "-" : join(folder, `made-${target}`);
  const written = run("ffmpeg", ["-v", "error", "-y", ...recipe.slice(0, -1), path]);
  return path === "-" ? written : readFile(path);
}

function decodedHash(path: string): string {
  return run("ffmpeg", ["-v", "error", "-i", path, "-map", "0", "-f", "hash", "-"]).toString();
}

function packetHash(path: string): string {
  return run("ffmpeg", ["-v", "error", "-i", path, "-map", "0", "-c", "copy", "-f", "streamhash", "-"]).toString();
}

/** What ffprobe says of the file and its streams, but for its name, its size, and what is ours. */
function probe(path: string): unknown {
  const asked = [
    "-v",
    "error",
    "-of",
    "json",
    "-show_streams",
    "-show_entries",
    "format=format_name,duration,start_time:format_tags",
  ];
  const found = JSON.parse(run("ffprobe", [...asked, path]).toString());
  const { manifest: _atom, restore: _depth, IMFL: _list, IGBR: _sizes, ...tags } = found.format.tags ?? {};
  return { ...found, format: { ...found.format, tags } };
}

/** The manifest as ffprobe reads it from the tags. */
function manifestTag(path: string): string {
  return run("ffprobe", [
    "-v",
    "error",
    "-of",
    "csv=p=0:e=none",
    "-show_entries",
    "format_tags=manifest",
    path,
  ]).toString();
}

/** What exiftool finds, but for sizes and places, what it works out from them, and what is ours. */
function foreignTags(path: string): unknown {
  const found: Record<string, unknown> = JSON.parse(
    run("exiftool", ["-j", "-G1", "-a", "-struct", path]).toString(),
  )[0];
  const others = Object.entries(found).filter(
    ([key, value]) =>
      !/^SourceFile|^ExifTool:|^System:|^Composite:|MediaDataOffset|RIFFSize64|QuickTime:Handler/.test(key) &&
      !isOurs(key, value),
  );
  return Object.fromEntries(others);
}

function isOurs(key: string, value: unknown): boolean {
  return /:(Manifest|Restore)$/.test(key) || String(value).includes("manifest manifest");
}

function run(command: string, argumentList: readonly string[]): Buffer {
  const { status, stdout, stderr, error } = spawnSync(command, argumentList, { maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr.toString()}`);
  // Warnings count: a file that is read with complaints is not read as before.
  expect(`${command}: ${stderr.toString()}`).toBe(`${command}: `);
  return stdout;
}
