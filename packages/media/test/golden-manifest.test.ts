import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { GenblazeError } from "@genblaze/core";
import { parseManifest } from "@genblaze/core/manifest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { embedManifest, extractManifest, verifyFile } from "../src/index.js";
import { badRows, embedRows, goldenBytes, goldenPath, goldenText, refusedRows, sidecarRows } from "./golden-rows.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-media-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("golden files through the public functions", () => {
  it("has all 50, 1, 29 and 6 rows", () => {
    expect([embedRows.length, refusedRows.length, badRows.length, sidecarRows.length]).toEqual([50, 1, 29, 6]);
  });

  it.each(refusedRows)("$id: gets a sidecar, as from Python", async (row) => {
    const output = join(folder, basename(row.original));
    const manifest = parseManifest(goldenText(row.manifest));
    const written = await embedManifest(goldenPath(row.original), manifest, { output });
    expect(written).toMatchObject({ method: "sidecar", sidecarPath: `${output}.genblaze.json` });
    expect(await readFile(output)).toEqual(await readFile(goldenPath(row.original)));
    expect((await extractManifest(output)).canonicalHash).toBe(manifest.canonicalHash);
  });

  it.each(embedRows.filter((row) => row.expect.extract === "ok"))(
    "$id: reads the manifest that Python wrote",
    async (row) => {
      const manifest = await extractManifest(goldenPath(row.embedded));
      expect(manifest.canonicalHash).toBe(row.expect.canonical_hash);
      expect(manifest.toCanonicalJson()).toBe(goldenText(row.manifest));
      expect(manifest.verify()).toBe(true);
    },
  );

  it.each(embedRows)("$id: embeds and reads back; the file is checked against it", async (row) => {
    const output = join(folder, basename(row.original));
    const manifest = parseManifest(goldenText(row.manifest));
    const written = await embedManifest(goldenPath(row.original), manifest, { output, sha256: true });
    expect(written).toMatchObject({ method: "embedded", path: output });
    expect(written.sha256).toBe(
      createHash("sha256")
        .update(await readFile(output))
        .digest("hex"),
    );
    const report = await verifyFile(output);
    expect(report).toMatchObject({ ok: false, foundIn: "embedded", manifestHash: { verdict: "matches" } });
    expect(report.bytes.verdict).not.toBe("matches");
  });

  it.each(embedRows.filter((row) => row.expect.original_extract_error !== undefined))(
    "$id: finds no manifest in the original, as Python",
    async (row) => {
      const isNone = !row.expect.original_extract_error?.includes("validation error");
      expect(await codeOf(extractManifest(goldenPath(row.original)))).toBe(
        isNone ? "MANIFEST_NOT_FOUND" : "MANIFEST_INVALID",
      );
    },
  );

  it.each(badRows)("$id: gives what Python gives ($expect.extract)", async (row) => {
    const path = goldenPath(row.file);
    if (row.expect.extract === "error") {
      expect(BAD_CODES[row.id]).toBe(await codeOf(extractManifest(path)));
      return;
    }
    const manifest = await extractManifest(path);
    expect(manifest.canonicalHash).toBe(row.expect.canonical_hash);
    expect(manifest.report()).toMatchObject({ hashOk: row.expect.hash_ok, ok: row.expect.ok });
  });

  it.each(sidecarRows)("$id: names and writes the sidecar of $media as Python, and reads it", async (row) => {
    const media = join(folder, row.media);
    await copyFile(goldenPath("bad/wav-none.wav"), join(folder, "source"));
    const manifest = parseManifest(goldenText(row.manifest)).withManifestUri(row.manifest_uri ?? null);
    const source = row.policy === null ? Uint8Array.of(1, 2, 3) : goldenBytes("bad/png-none.png");
    const policy = row.policy === null ? {} : { embedMode: "pointer" as const };
    const written = await embedManifest(source, manifest, { output: media, policy });
    const sidecar = join(folder, row.sidecar_name);
    expect(written).toMatchObject({ method: "sidecar", sidecarPath: sidecar });
    expect(await readFile(sidecar, "utf8")).toBe(goldenText(row.sidecar_file));
    if (row.policy === null) {
      expect((await extractManifest(media)).canonicalHash).toBe(row.extract.canonical_hash);
      return;
    }
    const error = await errorOf(extractManifest(media));
    expect(error.code).toBe("MANIFEST_IS_POINTER");
    const { canonical_hash: canonicalHash, manifest_uri: manifestUri } = row.extract;
    expect(error.details).toEqual({ canonicalHash, manifestUri });
  });
});

/** Python has one kind of error for all of these. */
const BAD_CODES: Readonly<Record<string, string>> = {
  "png-not-json": "INVALID_JSON",
  "png-json-list": "MANIFEST_INVALID",
  "png-none": "MANIFEST_NOT_FOUND",
  "png-truncated": "MEDIA_MALFORMED",
  "png-not-png": "MEDIA_MALFORMED",
  "png-compressed-itxt": "MEDIA_MALFORMED",
  "png-text-chunk": "MANIFEST_NOT_FOUND",
  "png-invalid-utf8": "INVALID_JSON",
  "mp4-none": "MANIFEST_NOT_FOUND",
  "mp4-not-mp4": "MEDIA_MALFORMED",
  "mp4-truncated-box": "MANIFEST_NOT_FOUND",
  "mp4-box64": "MANIFEST_NOT_FOUND",
  "wav-none": "MANIFEST_NOT_FOUND",
  "jpeg-foreign-only": "MANIFEST_NOT_FOUND",
  "jpeg-no-xpacket-end": "MANIFEST_NOT_FOUND",
  "jpeg-end-before-start": "MANIFEST_NOT_FOUND",
  "mp3-other-desc": "MANIFEST_NOT_FOUND",
};

async function errorOf(work: Promise<unknown>): Promise<GenblazeError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!GenblazeError.isInstance(thrown)) throw new Error("expected a GenblazeError", { cause: thrown });
  return thrown;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return (await errorOf(work)).code;
}
