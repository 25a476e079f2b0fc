import { createHash } from "node:crypto";
import type { MediaHandler } from "@genblaze/core";
import { describe, expect, it } from "vitest";
import { createMemorySource } from "../src/binary/memory-source.js";
import { renderPieces } from "../src/binary/pieces.js";
import { mediaHandlers } from "../src/media-handlers.js";
import { embedRows, goldenBytes } from "./golden-rows.js";

/** Rows where our bytes differ from Python's, and the harm of Python's that ours avoid. */
const DIFFERING_ROWS: Readonly<Record<string, string>> = {
  "mp4-trailing-free8": "Python drops a last box of 8 bytes; ours keeps it",
  "mp4-trailing-junk":
    "Python puts the box after bytes that are no box and does not find it again; ours goes before them",
  "wav-existing-info": "Python drops the foreign LIST/INFO tags; ours keeps them",
  "wav-odd-data-unpadded": "Python adds no pad byte and does not find its list again; ours pads and remembers it",
};

/** Formats whose bytes our rules and Python's determine; the others of Python's depend on an image or tag library. */
const PINNED_FORMATS: ReadonlySet<string> = new Set(["png", "mp4", "wav"]);

/** Rows whose original carries something of ours that is no manifest. */
const CARRIES_BROKEN: ReadonlySet<string> = new Set([
  "png-two-existing",
  "mp3-existing-txxx-apic",
  "flac-existing-lowercase-tag",
]);

describe("golden embeddings", () => {
  it("has all 50 rows and names each differing row", () => {
    expect(embedRows).toHaveLength(50);
    const ids = embedRows.map((row) => row.id);
    expect(Object.keys(DIFFERING_ROWS).filter((id) => !ids.includes(id))).toEqual([]);
  });

  for (const row of embedRows) {
    const handler = handlerFor(row.mime);
    const reason = DIFFERING_ROWS[row.id];
    const original = goldenBytes(row.original);
    const manifest = goldenBytes(row.manifest);

    const isPinned = PINNED_FORMATS.has(handler.name);
    it(`${row.id}: ${reason ?? (isPinned ? "gives the bytes that Python gives" : "keeps the law")}`, async () => {
      const embedded = await embed(handler, original, manifest);
      const hash = createHash("sha256").update(embedded).digest("hex");
      if (isPinned) expect(hash === row.expect.embedded_sha256).toBe(reason === undefined);
      expect(await handler.extract(createMemorySource(embedded))).toEqual(manifest);
      expect(await strip(handler, embedded)).toEqual(await strip(handler, original));
    });

    it(`${row.id}: reads and strips what Python wrote`, async () => {
      const written = goldenBytes(row.embedded);
      const payload = await handler.extract(createMemorySource(written));
      expect(payload).toEqual(row.expect.extract === "ok" ? manifest : undefined);
      const stripped = await strip(handler, written);
      if (isPinned && reason === undefined) expect(stripped).toEqual(await strip(handler, original));
      expect(await handler.extract(createMemorySource(stripped))).toBeUndefined();
    });

    it(`${row.id}: leaves the original as it is when it carries no manifest`, async () => {
      const isClean = (await handler.extract(createMemorySource(original))) === undefined;
      expect(isClean).toBe(row.expect.original_extract !== "ok" && !CARRIES_BROKEN.has(row.id));
      if (isClean) expect(await strip(handler, original)).toEqual(original);
    });
  }
});

function handlerFor(mime: string): MediaHandler {
  const handler = mediaHandlers.find(({ mediaTypes }) => mediaTypes.includes(mime));
  if (handler === undefined) throw new Error(`no handler for ${mime}`);
  return handler;
}

async function embed(handler: MediaHandler, bytes: Uint8Array, payload: Uint8Array): Promise<Uint8Array> {
  return renderPieces(bytes, await handler.embed(createMemorySource(bytes), payload));
}

async function strip(handler: MediaHandler, bytes: Uint8Array): Promise<Uint8Array> {
  return renderPieces(bytes, await handler.strip(createMemorySource(bytes)));
}
