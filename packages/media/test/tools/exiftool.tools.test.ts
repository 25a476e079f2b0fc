import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Manifest } from "@genblaze/core";
import { createAsset, createRun, createStep, parseManifest } from "@genblaze/core/manifest";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import {
  embedManifest,
  embedManifestBytes,
  extractManifest,
  stripManifest,
  stripManifestBytes,
  verifyFile,
} from "../../src/index.js";
import { gif as onePixel, pdf } from "../exiftool-samples.js";
import { goldenText } from "../golden-rows.js";

const plain = parseManifest(goldenText("manifests/plain.json"));
const markup = parseManifest(goldenText("manifests/markup.json"));
const big = parseManifest(goldenText("manifests/big.json"));
const folder = mkdtempSync(join(tmpdir(), "genblaze-media-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Sample {
  readonly name: string;
  readonly make: (path: string) => Promise<void>;
  /** Whether stripping is known to give the bytes from before. */
  readonly isExact: boolean;
}

const picture = ["-f", "lavfi", "-i", "testsrc=d=0.6:s=64x48:r=5"];
const samples: readonly Sample[] = [
  { name: "moving.gif", make: painted(), isExact: true },
  { name: "picture.tiff", make: painted("-frames:v", "1"), isExact: false },
  { name: "page.pdf", make: (path) => writeFile(path, pdf), isExact: true },
  { name: "picture.jp2", make: painted("-frames:v", "1"), isExact: true },
  { name: "picture.jxl", make: boxedJxl, isExact: true },
  { name: "old.mov", make: oldQuickTime, isExact: false },
];
const isDecoded = (name: string) => name !== "page.pdf";

describe.each(samples)("$name through exiftool", ({ name, make, isExact }) => {
  const path = (suffix: string) => join(folder, `${suffix}${extname(name)}`);

  it("carries every manifest exactly, is decoded as before, and leaves the input and nothing else behind", async () => {
    const input = path("input");
    await make(input);
    const before = await readFile(input);
    for (const manifest of [plain, markup, big]) {
      const output = path("output");
      expect(await embedManifest(input, manifest, { output })).toEqual({ method: "embedded", path: output });
      expect((await extractManifest(output)).toCanonicalJson()).toBe(manifest.toCanonicalJson());
      if (isDecoded(name)) expect(frames(output)).toBe(frames(input));
      expect(warnings(output)).toBe(warnings(input));
    }
    expect(await readFile(input)).toEqual(before);
    expect((await readdir(folder)).filter((each) => each.includes("json") || each.includes("tmp"))).toEqual([]);
  });

  it("keeps foreign XMP and other tags, and gives them back after stripping", async () => {
    const input = path("tagged");
    await make(input);
    exiftool("-overwrite_original", "-XMP-dc:Title=Sea & <sky>", "-XMP-dc:Subject=one", input);
    const before = tags(input);
    const packet = xmp(input);
    await embedManifest(input, plain);
    expect(tags(input)).toEqual({ ...before, "XMP-mf:Manifest": plain.toCanonicalJson() });
    await stripManifest(input);
    expect(tags(input)).toEqual(before);
    expect(xmp(input)).toEqual(packet);
  });

  it("has the second manifest instead of the first, and the same bytes when it gets one again", async () => {
    const input = path("replaced");
    await make(input);
    const bytes = await readFile(input);
    await embedManifest(input, markup);
    await embedManifest(input, plain);
    const once = await readFile(input);
    expect((await extractManifest(input)).canonicalHash).toBe(plain.canonicalHash);
    await embedManifest(input, plain);
    expect(await readFile(input)).toEqual(once);
    expect(occurrences(once, markup.canonicalHash)).toBe(0);
    expect(occurrences(once, plain.canonicalHash)).toBe(1);
    expect(await stripManifest(input)).toEqual({ path: input, isChanged: true });
    expect(occurrences(await readFile(input), plain.canonicalHash)).toBe(0);
    expect(Buffer.compare(await readFile(input), bytes) === 0).toBe(isExact);
    expect(await stripManifest(input)).toEqual({ path: input, isChanged: false });
  });

  it("is verified by its bytes where stripping gives them back, else not checked, and never differs", async () => {
    const input = path("verified");
    await make(input);
    const asset = assetOf(await readFile(input));
    const manifest = manifestOf(asset);
    await embedManifest(input, manifest);
    const { ok, bytes } = await verifyFile(input);
    expect([ok, bytes.verdict]).toEqual(isExact ? [true, "matches"] : [false, "not checked"]);
    const other = path("other");
    await make(other);
    exiftool("-overwrite_original", "-XMP-dc:Title=other", other);
    await embedManifest(other, manifest);
    const copied = await verifyFile(other);
    expect([copied.ok, copied.manifestHash.verdict, copied.bytes.verdict]).toEqual([false, "matches", "not checked"]);
    expect(copied.bytes.reason).toContain("exiftool");
  });
});

describe("files of the long tail", () => {
  it("are handled in memory as well", async () => {
    const embedded = await embedManifestBytes(onePixel, plain);
    expect((await extractManifest(embedded)).canonicalHash).toBe(plain.canonicalHash);
    expect(Buffer.compare(await stripManifestBytes(embedded), onePixel)).toBe(0);
  });

  it("may have any name", async () => {
    for (const name of ["-delete_original!.gif", "a\nb.gif", "100%d %% ü.gif", "gif"]) {
      const path = join(folder, name);
      await writeFile(path, onePixel);
      expect(await embedManifest(path, plain)).toEqual({ method: "embedded", path });
      expect((await extractManifest(path)).canonicalHash).toBe(plain.canonicalHash);
    }
  });

  it("get a sidecar with the words of exiftool when it cannot write them, and are left as they are", async () => {
    const refused = [
      ["cut.gif", onePixel.subarray(0, 8)],
      ["big.tiff", Uint8Array.from(Buffer.from("II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0", "latin1"))],
      ["cut.pdf", pdf.subarray(0, 100)],
    ] as const;
    for (const [name, bytes] of refused) {
      const path = join(folder, name);
      await writeFile(path, bytes);
      const result = await embedManifest(path, plain);
      expect(result).toMatchObject({ method: "sidecar", reason: expect.stringMatching(/^exiftool cannot .*\.$/) });
      expect(JSON.stringify(result)).not.toContain("genblaze-exiftool-");
      expect(Uint8Array.from(await readFile(path))).toEqual(bytes);
      expect((await extractManifest(path)).canonicalHash).toBe(plain.canonicalHash);
    }
  });

  it("get a sidecar that names their type where nothing writes it", async () => {
    const path = join(folder, "film.webm");
    run("ffmpeg", ["-v", "error", ...picture, path]);
    expect(await embedManifest(path, plain)).toMatchObject({
      method: "sidecar",
      reason: "No manifest can be put into a file of type video/webm.",
    });
  });

  it("are exact and without exiftool when they are AVIF, or HEIF by another brand", async () => {
    const made = join(folder, "made.avif");
    run("ffmpeg", ["-v", "error", ...picture, "-frames:v", "1", "-still-picture", "1", made]);
    const avif = new Uint8Array(await readFile(made));
    const heic = Uint8Array.from(avif);
    heic.set(Buffer.from("heic"), 8);
    for (const [name, bytes] of [["a.avif", avif] as const, ["a.heic", heic] as const]) {
      const path = join(folder, name);
      await writeFile(path, bytes);
      const pixels = await sharp(path).raw().toBuffer();
      await embedManifest(path, manifestOf(assetOf(bytes)));
      expect(await sharp(path).raw().toBuffer()).toEqual(pixels);
      // This ffmpeg reads no HEIC.
      if (name === "a.avif") expect(frames(path)).toBe(frames(made));
      expect((await verifyFile(path)).ok).toBe(true);
      await stripManifest(path);
      expect(Uint8Array.from(await readFile(path))).toEqual(bytes);
    }
  });

  it.each([
    ["end", null],
    ["kill", "SIGKILL"],
  ])("keep no process from ending, and no exiftool outlives it (%s)", async (how, signal) => {
    const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
    const child = fileURLToPath(new URL("../exiftool-child.ts", import.meta.url));
    const node = ["--import", loader, "--conditions=@genblaze/source", child, how];
    const result = spawnSync(process.execPath, node, { encoding: "utf8" });
    expect([result.signal, result.stderr]).toEqual([signal, ""]);
    const ids = result.stdout.split(" ").map(Number);
    expect(ids).toHaveLength(1);
    await expect.poll(() => ids.some(isRunning), { timeout: 30_000 }).toBe(false);
  });
});

function isRunning(id: number): boolean {
  return spawnSync("ps", ["-p", String(id)]).status === 0;
}

function painted(...extra: readonly string[]): (path: string) => Promise<void> {
  return async (path) => void run("ffmpeg", ["-v", "error", "-y", ...picture, ...extra, path]);
}

/** ffmpeg writes a bare codestream, which has no room for metadata. */
async function boxedJxl(path: string): Promise<void> {
  run("ffmpeg", ["-v", "error", "-y", ...picture, "-frames:v", "1", path]);
  exiftool("-m", "-overwrite_original", "-XMP-dc:Title=gone", path);
  exiftool("-overwrite_original", "-XMP:all=", path);
}

/** From before there was an ftyp box. */
async function oldQuickTime(path: string): Promise<void> {
  run("ffmpeg", ["-v", "error", "-y", ...picture, path]);
  const bytes = await readFile(path);
  bytes.write("free", 4, "latin1");
  await writeFile(path, bytes);
}

function assetOf(bytes: Uint8Array) {
  return createAsset({ assetId: "asset-1", url: "file:///a", sha256: sha256(bytes), mediaType: "image/gif" });
}

function manifestOf(asset: ReturnType<typeof createAsset>): Manifest {
  const steps = [createStep({ stepId: "step-1", provider: "mock", model: "m", assets: [asset] })];
  return Manifest.fromRun(createRun({ runId: "run-1", createdAt: "2026-01-02T03:04:05Z", steps }));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function occurrences(bytes: Uint8Array, text: string): number {
  return Buffer.from(bytes).toString("latin1").split(text).length - 1;
}

function frames(path: string): string {
  return run("ffmpeg", ["-v", "error", "-i", path, "-map", "0", "-f", "hash", "-"]).toString();
}

function warnings(path: string): string {
  return exiftool("-s3", "-Warning", "-Error", path).toString();
}

function xmp(path: string): Buffer {
  return exiftool("-b", "-XMP", path);
}

/** All that exiftool finds, but for sizes and places. */
function tags(path: string): Record<string, unknown> {
  const hidden = ["--File:all", "--System:all", "--ExifTool:all", "--StripOffsets", "--MediaDataOffset"];
  const { SourceFile: _path, ...found } = JSON.parse(exiftool("-j", "-G1", "-a", "-b", ...hidden, path).toString())[0];
  return found;
}

function exiftool(...argumentList: readonly string[]): Buffer {
  return run("exiftool", argumentList);
}

function run(command: string, argumentList: readonly string[]): Buffer {
  const { status, stdout, stderr, error } = spawnSync(command, argumentList, { maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr.toString()}`);
  return stdout;
}
