import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { type Manifest, Manifest as ManifestClass } from "@genblaze/core";
import { createAsset, createRun, createStep } from "@genblaze/core/manifest";
import { createSigningKey, signManifest, toKeySet } from "@genblaze/core/proof";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { embedManifest, extractManifest, verifyFile } from "../src/index.js";
import { embedRows, goldenBytes } from "./golden-rows.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-verify-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** One clean file of each container. */
const files = [
  "orig/png-rgb.png",
  "orig/jpeg-progressive.jpg",
  "orig/webp-animated.webp",
  "orig/mp4-moov-before-co64.mp4",
  "orig/m4a-tagged.m4a",
  "orig/mp3-id3v24-v1.mp3",
  "orig/wav-existing-info.wav",
  "orig/flac-plain.flac",
];

describe.each(files)("%s", (name) => {
  const bytes = goldenBytes(name);

  it("is of the golden files and proves its own bytes, which asset it is, and who signed it", async () => {
    expect(embedRows.map(({ original }) => original)).toContain(name);
    const key = await createSigningKey();
    const path = join(folder, `file${extname(name)}`);
    const manifest = await signManifest(manifestFor(bytes), key);
    expect(await embedManifest(bytes, manifest, { output: path })).toMatchObject({ method: "embedded" });
    expect(await verifyFile(path, { keys: toKeySet(key) })).toMatchObject({
      ok: true,
      foundIn: "embedded",
      manifestHash: { verdict: "matches" },
      coverage: { verdict: "matches" },
      bytes: { verdict: "matches", asset: { assetId: "asset-1", stepId: "step-1" } },
      signature: { verdict: "matches", keyId: key.kid },
    });
    expect((await verifyFile(path)).signature).toMatchObject({ verdict: "not checked", keyId: key.kid });
    expect((await verifyFile(path, { keys: await createSigningKey() })).ok).toBe(false);
  });

  it("is told from a file that its manifest was copied into", async () => {
    const other = files.find((each) => each !== name && extname(each) !== extname(name)) ?? "";
    const path = join(folder, `copy${extname(other)}`);
    await writeFile(path, goldenBytes(other));
    await embedManifest(path, manifestFor(bytes));
    expect(await verifyFile(path)).toMatchObject({
      ok: false,
      manifestHash: { verdict: "matches" },
      bytes: { verdict: "differs" },
    });
  });
});

describe("a signed file", () => {
  it("keeps its signature through extracting, storing beside the file, and reading again", async () => {
    const key = await createSigningKey();
    const path = join(folder, "note.txt");
    await writeFile(path, "words");
    await embedManifest(path, await signManifest(manifestFor(Buffer.from("words")), key));
    const again = join(folder, "again.txt");
    await copyFile(path, again);
    await writeFile(`${again}.genblaze.json`, (await extractManifest(path)).toCanonicalJson());
    expect((await verifyFile(again, { keys: key })).ok).toBe(true);
  });

  it("is not ok when its manifest was changed, though hash and bytes are made to fit again", async () => {
    const key = await createSigningKey();
    const path = join(folder, "note.txt");
    await writeFile(path, "words");
    const signed = await signManifest(manifestFor(Buffer.from("words")), key);
    const forged = ManifestClass.fromRun({ ...signed.exactRun, name: "another" }).withSignature(signed.signature);
    await embedManifest(path, forged);
    const report = await verifyFile(path, { keys: key });
    expect(report).toMatchObject({
      ok: false,
      manifestHash: { verdict: "matches" },
      bytes: { verdict: "matches" },
      signature: { verdict: "differs" },
    });
    expect((await readFile(`${path}.genblaze.json`, "utf8")).includes("another")).toBe(true);
  });
});

function manifestFor(bytes: Uint8Array): Manifest {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const asset = createAsset({
    assetId: "asset-1",
    url: `urn:sha256:${sha256}`,
    mediaType: "application/octet-stream",
    sha256,
    sizeBytes: bytes.length,
  });
  const step = createStep({ stepId: "step-1", provider: "p", model: "m", status: "succeeded", assets: [asset] });
  return ManifestClass.fromRun(createRun({ runId: "run-1", createdAt: "2026-01-15T12:00:00Z", steps: [step] }));
}
