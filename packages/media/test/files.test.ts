import { createHash } from "node:crypto";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GenblazeError, Manifest } from "@genblaze/core";
import { createAsset, createRun, createStep, parseManifest } from "@genblaze/core/manifest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  embedManifest,
  embedManifestBytes,
  extractManifest,
  mediaHandlers,
  mediaWriter,
  stripManifest,
  stripManifestBytes,
  verifyFile,
} from "../src/index.js";
import { goldenBytes, goldenPath, goldenText } from "./golden-rows.js";
import { mp4Box, mp4Of, pngChunk, pngOf, wavOf } from "./made-samples.js";

const plain = parseManifest(goldenText("manifests/plain.json"));
const multi = parseManifest(goldenText("manifests/multi.json"));
const runFields = { runId: "run-1", createdAt: "2026-01-02T03:04:05Z" };
const kinds = ["png", "jpeg", "webp", "m4a", "mp4", "mp3", "wav", "flac"] as const;
const originals = {
  png: "orig/png-rgb.png",
  jpeg: "orig/jpeg-baseline.jpg",
  webp: "orig/webp-animated.webp",
  m4a: "orig/m4a-moov-after.m4a",
  mp4: "orig/mp4-video-only.mp4",
  mp3: "orig/mp3-no-id3.mp3",
  wav: "orig/wav-pcm8.wav",
  flac: "orig/flac-plain.flac",
};

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-media-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("embedManifest, extractManifest, stripManifest", () => {
  it("lists its handlers", () => {
    expect(mediaHandlers.map((handler) => handler.name)).toEqual(kinds);
  });

  it.each(kinds)("leaves the input alone and gives the original back after stripping (%s)", async (kind) => {
    const input = await place(kind);
    const before = await readFile(input);
    const output = join(folder, "output");
    await embedManifest(input, plain, { output });
    expect(await readFile(input)).toEqual(before);
    expect((await extractManifest(output)).canonicalHash).toBe(plain.canonicalHash);
    const stripped = join(folder, "stripped");
    expect(await stripManifest(output, { output: stripped })).toEqual({ path: stripped, isChanged: true });
    expect(await readFile(stripped)).toEqual(before);
    expect((await readdir(folder)).sort()).toEqual([`input.${kind}`, "output", "stripped"]);
  });

  it.each(kinds)("replaces the file in place, keeps its permissions, and undoes that (%s)", async (kind) => {
    const input = await place(kind);
    const before = await readFile(input);
    await chmod(input, 0o640);
    expect(await embedManifest(input, plain)).toEqual({ method: "embedded", path: input });
    await embedManifest(input, multi);
    expect((await extractManifest(input)).canonicalHash).toBe(multi.canonicalHash);
    expect((await stat(input)).mode & 0o777).toBe(0o640);
    expect(await stripManifest(input)).toEqual({ path: input, isChanged: true });
    expect(await stripManifest(input)).toEqual({ path: input, isChanged: false });
    expect(await readFile(input)).toEqual(before);
    expect(await readdir(folder)).toEqual([`input.${kind}`]);
  });

  it.each(kinds)("does the same with bytes in memory (%s)", async (kind) => {
    const bytes = goldenBytes(originals[kind]);
    const embedded = await embedManifestBytes(bytes, plain);
    expect((await extractManifest(embedded)).canonicalHash).toBe(plain.canonicalHash);
    expect(await stripManifestBytes(embedded)).toEqual(bytes);
    const output = join(folder, "output.bin");
    expect(await embedManifest(bytes, plain, { output })).toEqual({ method: "embedded", path: output });
    expect(Uint8Array.from(await readFile(output))).toEqual(embedded);
  });

  it("writes through a link and keeps the link", async () => {
    const input = await place("png");
    const link = join(folder, "link.png");
    await symlink(input, link);
    expect(await embedManifest(link, plain)).toEqual({ method: "embedded", path: input });
    expect((await extractManifest(input)).canonicalHash).toBe(plain.canonicalHash);
    expect((await readdir(folder)).sort()).toEqual(["input.png", "link.png"]);
  });

  it("writes a read-only file's copy", async () => {
    const input = await place("mp4");
    await chmod(input, 0o444);
    const output = join(folder, "output.mp4");
    await embedManifest(input, plain, { output });
    expect((await stat(output)).mode & 0o777).toBe(0o444);
    expect((await extractManifest(output)).canonicalHash).toBe(plain.canonicalHash);
  });

  it("puts the manifest into a sidecar when no handler knows the file", async () => {
    const output = join(folder, "page.txt");
    const result = await embedManifest(new TextEncoder().encode("text"), plain, { output, sha256: true });
    expect(result).toEqual({
      method: "sidecar",
      path: output,
      sidecarPath: `${output}.genblaze.json`,
      reason: "No handler knows this kind of media.",
      sha256: createHash("sha256").update("text").digest("hex"),
    });
    expect(await readFile(output, "utf8")).toBe("text");
    expect((await extractManifest(output)).canonicalHash).toBe(plain.canonicalHash);
    expect(await verifyFile(output)).toMatchObject({ foundIn: "sidecar", sidecarPath: `${output}.genblaze.json` });
  });

  it.each([
    [
      "a 64-bit WAV file",
      new Uint8Array([...wavOf([])].map((byte, index) => "RF64".charCodeAt(index) || byte)),
      "RF64",
    ],
    ["a truncated PNG file", goldenBytes(originals.png).subarray(0, 100), "truncated"],
    ["a truncated MP4 file", mp4Of([mp4Box("mdat", new Uint8Array(9))]).subarray(0, 30), "truncated"],
  ])("puts the manifest into a sidecar for %s and says why", async (_, bytes, reason) => {
    const output = join(folder, "output");
    const result = await embedManifest(bytes, plain, { output });
    expect(result).toMatchObject({ method: "sidecar", reason: expect.stringContaining(reason) });
    expect(Uint8Array.from(await readFile(output))).toEqual(bytes);
    expect((await extractManifest(output)).canonicalHash).toBe(plain.canonicalHash);
  });

  it("takes an old manifest out of the file when the new one becomes a pointer, or is not wanted", async () => {
    const input = await place("wav");
    const before = await readFile(input);
    await embedManifest(input, multi);
    const pointed = plain.withManifestUri("https://files.example.com/manifest.json");
    const result = await embedManifest(input, pointed, { policy: { embedMode: "pointer" } });
    expect(result).toMatchObject({ method: "sidecar", sidecarPath: `${input}.genblaze.json` });
    expect(await readFile(input)).toEqual(before);
    await rm(`${input}.genblaze.json`);
    await embedManifest(input, multi);
    expect(await embedManifest(input, plain, { policy: { embedMode: "none" } })).toMatchObject({ method: "none" });
    expect(await readFile(input)).toEqual(before);
  });

  it("saves for a run as core asks", async () => {
    const output = join(folder, "clip.wav");
    const saved = await mediaWriter.save(goldenBytes(originals.wav), plain, { output, mediaType: "audio/wav" });
    expect(saved).toEqual({ path: output, method: "embedded" });
    const other = join(folder, "clip.gif");
    expect(await mediaWriter.save(Uint8Array.of(1), plain, { output: other, mediaType: "image/gif" })).toEqual({
      path: other,
      method: "sidecar",
      sidecarPath: `${other}.genblaze.json`,
      reason: "No handler knows this kind of media.",
    });
  });

  it("does not pass over a manifest inside that cannot be parsed, sidecar or not", async () => {
    const input = await place("png");
    const sidecar = `${input}.genblaze.json`;
    await copyFile(goldenPath("bad/png-not-json.png"), input);
    await writeFile(sidecar, plain.toCanonicalJson());
    await expect(extractManifest(input)).rejects.toMatchObject({ code: "INVALID_JSON" });
  });

  it("reads the sidecar of a damaged file", async () => {
    const input = join(folder, "damaged.png");
    await writeFile(input, goldenBytes("bad/png-not-png.png"));
    await expect(extractManifest(input)).rejects.toMatchObject({ code: "MEDIA_MALFORMED" });
    await writeFile(`${input}.genblaze.json`, plain.toCanonicalJson());
    expect((await extractManifest(input)).canonicalHash).toBe(plain.canonicalHash);
    expect(await verifyFile(input)).toMatchObject({ foundIn: "sidecar" });
  });
});

describe("failures", () => {
  it("names what is wrong with the input", async () => {
    const missing = join(folder, "missing.png");
    expect(await codeOf(embedManifest(missing, plain))).toBe("FILE_NOT_FOUND");
    expect(await codeOf(extractManifest(missing))).toBe("FILE_NOT_FOUND");
    expect(await codeOf(stripManifest(missing))).toBe("FILE_NOT_FOUND");
    expect(await codeOf(verifyFile(missing))).toBe("FILE_NOT_FOUND");
    expect(await codeOf(extractManifest(folder))).toBe("FILE_NOT_FOUND");
    expect(await codeOf(extractManifest(""))).toBe("INVALID_OPTION");
    expect(await codeOf(embedManifest(new Uint8Array(), plain))).toBe("INVALID_OPTION");
    expect(await codeOf(embedManifestBytes(Uint8Array.of(1, 2, 3), plain))).toBe("MEDIA_UNSUPPORTED");
    expect(await codeOf(embedManifest(missing, plain, { policy: { includeSeed: false } }))).toBe("POLICY_REFUSED");
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(kinds)("leaves nothing when the output cannot be written (%s)", async (kind) => {
    const input = await place(kind);
    const before = await readFile(input);
    await mkdir(join(folder, "taken"));
    await writeFile(join(folder, "file"), "");
    for (const output of [join(folder, "no", "folder"), join(folder, "taken"), join(folder, "file", "below")]) {
      expect(await codeOf(embedManifest(input, plain, { output }))).toBe("FILE_WRITE_FAILED");
      expect(await codeOf(stripManifest(input, { output }))).toBe("FILE_WRITE_FAILED");
    }
    expect((await readdir(folder)).sort()).toEqual(["file", `input.${kind}`, "taken"]);
    expect(await readdir(join(folder, "taken"))).toEqual([]);
    expect(await readFile(input)).toEqual(before);
  });

  it("writes no file whose sidecar cannot be written", async () => {
    const input = join(folder, "x.txt");
    const output = join(folder, "y.txt");
    await writeFile(input, "text");
    await mkdir(`${output}.genblaze.json`);
    expect(await codeOf(embedManifest(input, plain, { output }))).toBe("FILE_WRITE_FAILED");
    expect(await codeOf(embedManifest(new TextEncoder().encode("text"), plain, { output }))).toBe("FILE_WRITE_FAILED");
    expect((await readdir(folder)).sort()).toEqual(["x.txt", "y.txt.genblaze.json"]);
    expect(await readdir(`${output}.genblaze.json`)).toEqual([]);
    await writeFile(output, "older");
    expect(await codeOf(embedManifest(input, plain, { output }))).toBe("FILE_WRITE_FAILED");
    expect(await readFile(output, "utf8")).toBe("older");
  });

  it("writes no sidecar, and keeps an old one, when the file cannot be written", async () => {
    const output = join(folder, "taken");
    await mkdir(output);
    expect(await codeOf(embedManifest(new Uint8Array(9), plain, { output }))).toBe("FILE_WRITE_FAILED");
    expect(await readdir(folder)).toEqual(["taken"]);
    await writeFile(`${output}.genblaze.json`, "old");
    expect(await codeOf(embedManifest(new Uint8Array(9), plain, { output }))).toBe("FILE_WRITE_FAILED");
    expect(await readFile(`${output}.genblaze.json`, "utf8")).toBe("old");
  });

  it.each(kinds)(
    "keeps the old manifest inside when the sidecar of the new one cannot be written (%s)",
    async (kind) => {
      const input = await place(kind);
      await embedManifest(input, multi);
      const before = await readFile(input);
      await mkdir(`${input}.genblaze.json`);
      const pointed = plain.withManifestUri("https://files.example.com/manifest.json");
      const work = embedManifest(input, pointed, { policy: { embedMode: "pointer" }, sha256: true });
      expect(await codeOf(work)).toBe("FILE_WRITE_FAILED");
      expect(await readFile(input)).toEqual(before);
      expect((await readdir(folder)).sort()).toEqual([`input.${kind}`, `input.${kind}.genblaze.json`]);
    },
  );

  it("leaves nothing when cancelled anywhere between file, hash and sidecar", async () => {
    const input = join(folder, "x.txt");
    await writeFile(input, "text");
    for (let checks = 0; ; checks += 1) {
      const options = { output: join(folder, "y.txt"), sha256: true, signal: abortedAfter(checks) };
      const code = await embedManifest(input, plain, options).then(({ method }) => method, codeOfThrown);
      if (code === "sidecar") break;
      expect(code).toBe("CANCELLED");
      expect(await readdir(folder)).toEqual(["x.txt"]);
      expect(checks).toBeLessThan(100);
    }
  });

  it.each(kinds)("leaves nothing when cancelled, before or while writing (%s)", async (kind) => {
    const input = await place(kind);
    const output = join(folder, "output");
    expect(await codeOf(embedManifest(input, plain, { output, signal: AbortSignal.abort() }))).toBe("CANCELLED");
    for (let checks = 1; ; checks += 1) {
      const result = await embedManifest(input, plain, { output, signal: abortedAfter(checks) }).catch(
        (error: unknown) => error,
      );
      if (!GenblazeError.isInstance(result)) break;
      expect(result.code).toBe("CANCELLED");
      expect(await readdir(folder)).toEqual([`input.${kind}`]);
      expect(checks).toBeLessThan(100);
    }
  });

  it("refuses a manifest that no reader would read", async () => {
    const metadata = { text: "x".repeat(16 * 1024 * 1024) };
    const large = Manifest.fromRun(createRun({ ...runFields, metadata }));
    expect(await codeOf(embedManifest(await place("png"), large))).toBe("MEDIA_TOO_LARGE");
    expect(await codeOf(embedManifestBytes(goldenBytes(originals.mp4), large))).toBe("MEDIA_TOO_LARGE");
  });
});

describe("verifyFile", () => {
  it.each(kinds)("tells which output a file is, and that another file is none (%s)", async (kind) => {
    const input = await place(kind);
    const manifest = manifestOf([hashOf(goldenBytes(originals[kind])), "0".repeat(64)]);
    const [step] = manifest.run.steps;
    await embedManifest(input, manifest);
    expect(await verifyFile(input)).toMatchObject({
      ok: true,
      foundIn: "embedded",
      manifestHash: { verdict: "matches", declared: manifest.canonicalHash, computed: manifest.canonicalHash },
      coverage: { verdict: "matches", unverifiedSha256Ids: [], invalidMetadataIds: [] },
      bytes: {
        verdict: "matches",
        sha256: hashOf(goldenBytes(originals[kind])),
        asset: { assetId: step?.assets[0]?.assetId, stepId: step?.stepId },
      },
    });
    const other = manifestOf(["0".repeat(64)]);
    await embedManifest(input, other);
    expect(await verifyFile(input)).toMatchObject({
      ok: false,
      manifestHash: { verdict: "matches" },
      bytes: { verdict: "differs" },
    });
  });

  it("keeps a tampered manifest, missing hashes and missing outputs apart", async () => {
    expect(await verifyFile(goldenPath("bad/mp4-tampered.mp4"))).toMatchObject({
      ok: false,
      manifestHash: { verdict: "differs" },
    });
    const unhashed = manifestOf([null]);
    const report = await verifyFile(await embedManifestBytes(goldenBytes(originals.png), unhashed));
    const ids = unhashed.run.steps.flatMap((step) => step.assets.map((asset) => asset.assetId));
    expect(report).toMatchObject({
      ok: false,
      coverage: { verdict: "differs", unverifiedSha256Ids: ids },
      bytes: { verdict: "not checked" },
    });
    const empty = await verifyFile(await embedManifestBytes(goldenBytes(originals.png), manifestOf([])));
    expect(empty).toMatchObject({ ok: false, coverage: { verdict: "not checked" }, bytes: { verdict: "not checked" } });
  });

  it("sees one changed bit of the media", async () => {
    const bytes = pngOf([pngChunk("IDAT", new Uint8Array(2_000_000))]);
    const embedded = await embedManifestBytes(bytes, manifestOf([hashOf(bytes)]));
    expect((await verifyFile(embedded)).ok).toBe(true);
    embedded[1_900_000] = 1;
    expect(await verifyFile(embedded)).toMatchObject({ ok: false, bytes: { verdict: "differs" } });
  });
});

async function place(kind: (typeof kinds)[number]): Promise<string> {
  const path = join(folder, `input.${kind}`);
  await writeFile(path, goldenBytes(originals[kind]));
  return path;
}

function manifestOf(hashes: readonly (string | null)[]): Manifest {
  const assets = hashes.map((sha256, index) =>
    createAsset({ assetId: `asset-${index}`, url: "https://files.example.com/a", mediaType: "image/png", sha256 }),
  );
  const step = createStep({ stepId: "step-1", provider: "mock", model: "mock", assets });
  return Manifest.fromRun(createRun({ ...runFields, steps: [step] }));
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A signal that is aborted from the given look at it on, so that every place that looks is tried. */
function abortedAfter(looks: number): AbortSignal {
  let left = looks;
  return new Proxy(new AbortController().signal, {
    get(signal, name) {
      if (name === "aborted") {
        left -= 1;
        return left < 0;
      }
      return Reflect.get(signal, name, signal);
    },
  });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(() => "no error", codeOfThrown);
}

function codeOfThrown(thrown: unknown): string {
  return GenblazeError.isInstance(thrown) ? thrown.code : `no GenblazeError: ${String(thrown)}`;
}
