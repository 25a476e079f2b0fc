import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MediaHandler } from "@genblaze/core";
import { createAsset, createRun, createStep, Manifest } from "@genblaze/core/manifest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { concatBytes } from "../src/binary/bytes.js";
import { latin1 } from "../src/binary/fields.js";
import { createMemorySource } from "../src/binary/memory-source.js";
import { renderPieces } from "../src/binary/pieces.js";
import { embedManifest, verifyFile } from "../src/index.js";
import { jpegHandler } from "../src/jpeg/jpeg-handler.js";
import { m4aHandler } from "../src/m4a/m4a-handler.js";
import { mp4Handler } from "../src/mp4/mp4-handler.js";
import { operationsOf } from "./handler-operations.js";
import { baseline, imageOffsets, jfif, jpegOf, ownPacket, xmpSegment } from "./jpeg-samples.js";
import { AUDIO, boxOf, co64, freeform, fullBox, m4aOf, pointing, stco, tags, title, track } from "./m4a-samples.js";
import { manifestBox, mp4Box } from "./made-samples.js";

/** Far enough behind the tags for a whole atom to stand where the media was. */
const mdat = concatBytes([mp4Box("free", new Uint8Array(200)), mp4Box("mdat", AUDIO)]);
const other = latin1("OTHER DATA, NOT TO BE LOST");
const moovWith = (table: Uint8Array, ...items: readonly Uint8Array[]) => boxOf("moov", track([table]), tags(...items));
/** A free box as long as this box. */
const freeAs = (box: Uint8Array) => mp4Box("free", new Uint8Array(box.length - 8));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-forged-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe.each([
  ["stco", stco],
  ["co64", co64],
])("a manifest atom that %s points into", (_, table) => {
  const honestAt = Buffer.from(m4aOf([moovWith(table(0), title), mdat])).indexOf(AUDIO);
  const honest = m4aOf([moovWith(table(honestAt), title), mdat]);
  const forged = forgedFrom(honestAt, (atom) => m4aOf([moovWith(table(honestAt), atom, title), mdat]));

  it("is read where the honest file has its media, and shows something else there", () => {
    expect(at(honest, honestAt)).toEqual(AUDIO);
    expect(at(forged.bytes, honestAt)).toEqual(other);
  });

  it.each([mp4Handler, m4aHandler])(
    "becomes a free box, so that the honest file does not appear: $name",
    async (handler) => {
      const stripped = await strip(handler, forged.bytes);
      expect(stripped).toEqual(m4aOf([moovWith(table(honestAt), freeAs(forged.atom), title), mdat]));
      expect(stripped).not.toEqual(honest);
    },
  );

  it.each([".mp4", ".m4a"])("does not pass for the honest file by verifyFile: %s", async (extension) => {
    const manifest = manifestOf(honest);
    const path = join(folder, `forged${extension}`);
    await writeFile(path, concatBytes([forged.bytes, manifestBox(manifest.toCanonicalJson())]));
    expect(await verifyFile(path)).toMatchObject({ ok: false, bytes: { verdict: "differs" } });
    await embedManifest(honest, manifest, { output: path });
    expect(await verifyFile(path)).toMatchObject({ ok: true, bytes: { verdict: "matches" } });
  });
});

describe("offsets that point into what is ours", () => {
  it("keep every atom in its place when it is the second that one points into", async () => {
    const first = freeform("manifest", "{}");
    const honestAt = Buffer.from(m4aOf([moovWith(stco(0), title), mdat])).indexOf(AUDIO);
    // As stripping once counted: the offset moves back by the first atom, and the second holds what it leads to.
    const aim = honestAt + first.length;
    const { bytes, atom } = forgedFrom(aim, (second) => m4aOf([moovWith(stco(aim), first, second, title), mdat]));
    expect(await strip(m4aHandler, bytes)).toEqual(
      m4aOf([moovWith(stco(aim), freeAs(first), freeAs(atom), title), mdat]),
    );
  });

  it("keep the levels that embedding made, too", async () => {
    const bare = (table: Uint8Array) => m4aOf([boxOf("moov", track([table])), mdat]);
    const honest = bare(stco(Buffer.from(bare(stco(0))).indexOf(AUDIO)));
    const inside = honest.length;
    const items = [freeform("manifest", "x".repeat(200)), freeform("restore", "3")];
    const forged = m4aOf([moovWith(stco(inside), ...items), mdat]);
    expect(await strip(m4aHandler, forged)).toEqual(m4aOf([moovWith(stco(inside), ...items.map(freeAs)), mdat]));
  });

  it("go along with what is behind an atom that none points into", async () => {
    const file = (...items: readonly Uint8Array[]) =>
      pointing((position) => m4aOf([moovWith(stco(position, position + 5), ...items), mdat]));
    expect(await strip(m4aHandler, file(freeform("manifest", "{}"), title))).toEqual(file(title));
  });

  it("lead to a free box where a manifest box stands before items of meta", async () => {
    const meta = fullBox("meta", 0, fullBox("iloc", 0), boxOf("idat", AUDIO));
    const box = manifestBox("{}");
    expect(await strip(mp4Handler, m4aOf([box, meta]))).toEqual(m4aOf([freeAs(box), meta]));
  });
});

/** A file with an atom of ours that holds other data just at `position`. */
function forgedFrom(position: number, make: (atom: Uint8Array) => Uint8Array) {
  const valueAt = Buffer.from(make(freeform("manifest", "VALUE"))).indexOf("VALUE");
  const atom = freeform("manifest", " ".repeat(position - valueAt) + Buffer.from(other).toString("latin1"));
  return { atom, bytes: make(atom) };
}

function at(bytes: Uint8Array, position: number): Uint8Array {
  return bytes.slice(position, position + AUDIO.length);
}

function manifestOf(bytes: Uint8Array): Manifest {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const asset = createAsset({
    assetId: "asset-1",
    url: `urn:sha256:${sha256}`,
    mediaType: "audio/mp4",
    sha256,
    sizeBytes: bytes.length,
  });
  const step = createStep({ stepId: "step-1", provider: "p", model: "m", status: "succeeded", assets: [asset] });
  return Manifest.fromRun(createRun({ runId: "run-1", createdAt: "2026-01-15T12:00:00Z", steps: [step] }));
}

async function strip(handler: MediaHandler, bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(renderPieces(bytes, await handler.strip(createMemorySource(bytes))));
}

describe("a JPEG file that says where further images are", () => {
  it("keeps its length when a manifest behind those offsets, or behind the image, goes: they may point into it", async () => {
    const { strip, extract } = operationsOf(jpegHandler);
    const packet = ownPacket("{}");
    const files = [
      jpegOf([jfif, imageOffsets, xmpSegment(packet)], baseline),
      concatBytes([jpegOf([jfif, imageOffsets]), packet, baseline]),
    ];
    for (const file of files) {
      expect(await extract(file)).toBe("{}");
      const stripped = await strip(file);
      expect(stripped.length).toBe(file.length);
      expect(await extract(stripped)).toBeUndefined();
      expect(Buffer.compare(await strip(stripped), stripped)).toBe(0);
    }
  });
});
