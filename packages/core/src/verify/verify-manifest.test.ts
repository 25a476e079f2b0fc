import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { serve } from "../../test/loopback.js";
import { rejection } from "../../test/thrown.js";
import { guardedDownload } from "../download/download.js";
import { createAsset, createRun, createStep } from "../manifest/create-model.js";
import { Manifest } from "../manifest/manifest.js";
import { createSigningKey, signManifest } from "../signature/sign-manifest.js";
import { verifyManifest } from "./verify-manifest.js";

const bytes = Buffer.from("the bytes of a picture");

describe("verifyManifest", () => {
  it("answers hash and coverage, and leaves alone what was not asked", async () => {
    const report = await verifyManifest(manifestOf(["https://files.example.com/a"]));
    expect(report).toMatchObject({
      ok: true,
      manifestHash: { verdict: "matches" },
      coverage: { verdict: "matches" },
      bytes: { verdict: "not checked", reason: "The outputs were not fetched.", outputs: [] },
      signature: { verdict: "not checked", reason: "The manifest is not signed." },
    });
  });

  it("hashes every output where it is stored, and names the one that differs", async () => {
    const origin = await serve((request, response) => response.end(request.url === "/b" ? "other bytes" : bytes));
    const fetch = guardedDownload({ allowLoopback: true });
    const good = await verifyManifest(manifestOf([`${origin}/a`]), { fetch });
    expect([good.ok, good.bytes.verdict]).toEqual([true, "matches"]);
    const bad = await verifyManifest(manifestOf([`${origin}/a`, `${origin}/b`]), { fetch });
    expect(bad).toMatchObject({ ok: false, bytes: { verdict: "differs", reason: "1 of 2 outputs differ." } });
    expect(bad.bytes.outputs.map(({ assetId, verdict }) => [assetId, verdict])).toEqual([
      ["asset-0", "matches"],
      ["asset-1", "differs"],
    ]);
  });

  it("says what could not be fetched instead of throwing, and fetches through the guard by default", async () => {
    const origin = await serve((_, response) => response.end(bytes));
    const report = await verifyManifest(manifestOf([`${origin}/a`]), { fetch: true });
    expect(report.ok).toBe(false);
    expect(report.bytes).toMatchObject({
      verdict: "not checked",
      reason: expect.stringMatching(/^1 of 1 outputs could not be checked\. Only https is fetched/),
      outputs: [{ reason: expect.stringContaining("Only https is fetched") }],
    });
  });

  it("says what a caller's own download threw, before or among the bytes, and rejects for a cancel only", async () => {
    const manifest = manifestOf(["https://files.example.com/a", "https://files.example.com/b"]);
    const fetch = async (url: string) => {
      if (url.endsWith("/a")) throw new TypeError("fetch failed");
      return breakOff();
    };
    const { ok, bytes: outputs } = await verifyManifest(manifest, { fetch });
    expect([ok, outputs.verdict]).toEqual([false, "not checked"]);
    expect(outputs.outputs.map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ["not checked", "The output cannot be fetched: TypeError: fetch failed"],
      ["not checked", "The output cannot be fetched: Error: EIO: i/o error, read"],
    ]);
    const controller = new AbortController();
    const cancelling = async () => {
      controller.abort();
      throw new TypeError("fetch failed");
    };
    const cancelled = verifyManifest(manifest, { fetch: cancelling, signal: controller.signal });
    expect((await rejection(cancelled)).code).toBe("CANCELLED");
  });

  it("refuses options that it does not know, as a misspelt one would ask for nothing", async () => {
    const manifest = manifestOf(["https://files.example.com/a"]);
    for (const options of [{ key: {} }, { ftech: true }, { fetch: 5 }]) {
      expect((await rejection(verifyManifest(manifest, options as object))).code).toBe("INVALID_OPTION");
    }
    expect((await rejection((async () => guardedDownload({ allowLoopbak: true } as object))())).code).toBe(
      "INVALID_OPTION",
    );
  });

  it("is not content with a signature that is missing or wrong once keys are given", async () => {
    const key = await createSigningKey();
    const manifest = manifestOf(["https://files.example.com/a"]);
    const signed = await signManifest(manifest, key);
    expect((await verifyManifest(signed, { keys: key })).ok).toBe(true);
    expect((await verifyManifest(manifest, { keys: key })).ok).toBe(false);
    expect((await verifyManifest(signed, { keys: await createSigningKey() })).ok).toBe(false);
    expect((await verifyManifest(manifest.withSignature("nonsense"))).ok).toBe(false);
  });
});

async function* breakOff(): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw new Error("EIO: i/o error, read");
}

function manifestOf(urls: readonly string[]): Manifest {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const facts = { mediaType: "image/png", sha256, sizeBytes: bytes.length };
  const assets = urls.map((url, index) => createAsset({ assetId: `asset-${index}`, url, ...facts }));
  const step = createStep({ stepId: "step", provider: "p", model: "m", status: "succeeded", assets });
  return Manifest.fromRun(createRun({ runId: "run", createdAt: "2026-01-15T00:00:00Z", steps: [step] }));
}
