import { createHash } from "node:crypto";
import { getEventListeners } from "node:events";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { rejection } from "../../test/thrown.js";
import { isBlockedAddress, isLoopbackAddress } from "../download/blocked-addresses.js";
import { type DownloadOptions, guardedDownload } from "../download/download.js";
import { createAsset, createRun, createStep } from "../manifest/create-model.js";
import { Manifest } from "../manifest/manifest.js";
import { createSigningKey, signManifest } from "../signature/sign-manifest.js";
import { verifyManifest } from "./verify-manifest.js";

const servers: Server[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

const bytes = Buffer.from("the bytes of a picture");

describe("a guarded download", () => {
  it.each([
    ["http://example.com/a", "DOWNLOAD_REFUSED"],
    ["ftp://example.com/a", "DOWNLOAD_REFUSED"],
    ["data:text/plain,hi", "DOWNLOAD_REFUSED"],
    ["gs://bucket/key", "DOWNLOAD_REFUSED"],
    ["not a url", "DOWNLOAD_REFUSED"],
    ["https://user:password@example.com/a", "DOWNLOAD_REFUSED"],
    ["https://localhost/a", "DOWNLOAD_REFUSED"],
    ["https://127.0.0.1/a", "DOWNLOAD_REFUSED"],
    ["https://0x7f.1/a", "DOWNLOAD_REFUSED"],
    ["https://2130706433/a", "DOWNLOAD_REFUSED"],
    ["https://[::1]/a", "DOWNLOAD_REFUSED"],
    ["https://[::ffff:127.0.0.1]/a", "DOWNLOAD_REFUSED"],
    ["https://169.254.169.254/latest/meta-data", "DOWNLOAD_REFUSED"],
    ["https://10.0.0.1/a", "DOWNLOAD_REFUSED"],
    ["https://no-such-host.invalid/a", "DOWNLOAD_FAILED"],
  ])("of %s fails with %s", async (url, code) => {
    expect((await rejection(guardedDownload()(url))).code).toBe(code);
  });

  it.each(["https://10.0.0.1/a", "https://169.254.169.254/a", "http://10.0.0.1/a", "http://8.8.8.8/a"])(
    "of %s is refused though loopback is allowed",
    async (url) => {
      expect((await rejection(guardedDownload({ allowLoopback: true })(url))).code).toBe("DOWNLOAD_REFUSED");
    },
  );

  it("never shows the query of a URL, which may be a signature", async () => {
    const origin = await serve((_, response) => response.writeHead(404).end());
    const error = await rejection(read(`${origin}/a?X-Amz-Signature=5ecre7`));
    expect(error.message).toBe(`${origin}/a answers with status 404. Check that the file is still there.`);
    expect((await rejection(guardedDownload()("https://10.0.0.1/a?sig=5ecre7"))).message).not.toContain("5ecre7");
  });

  it("gives the bytes, also through redirects", async () => {
    const origin = await serve((request, response) => {
      const hops = Number(new URL(request.url ?? "", "http://x").searchParams.get("hops"));
      if (hops > 0) response.writeHead(302, { location: `/?hops=${hops - 1}` }).end();
      else response.end(bytes);
    });
    expect(await read(`${origin}/?hops=5`)).toEqual(bytes);
    expect((await rejection(read(`${origin}/?hops=6`))).message).toContain("redirects more than 5 times");
  });

  it.each(["http://10.0.0.1/", "https://169.254.169.254/", "file:///etc/passwd", "http://8.8.8.8/"])(
    "does not follow a redirect to %s",
    async (location) => {
      const origin = await serve((_, response) => response.writeHead(302, { location }).end());
      expect((await rejection(read(`${origin}/`))).code).toBe("DOWNLOAD_REFUSED");
    },
  );

  it("ends at its limit of bytes, declared or not", async () => {
    const origin = await serve((request, response) => {
      if (request.url === "/declared") response.setHeader("content-length", bytes.length);
      response.end(bytes);
    });
    for (const path of ["/declared", "/streamed"]) {
      expect((await rejection(read(origin + path, { maxBytes: bytes.length - 1 }))).code).toBe("DOWNLOAD_FAILED");
      expect(await read(origin + path, { maxBytes: bytes.length })).toEqual(bytes);
    }
  });

  it("ends when the other side keeps silent, or breaks off", async () => {
    const silent = await serve(() => undefined);
    expect((await rejection(read(`${silent}/`, { silenceMs: 50 }))).message).toContain("no byte came for 50 ms");
    const broken = await serve((_, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write(bytes, () => response.destroy());
    });
    const error = await rejection(read(`${broken}/`));
    expect([error.code, error.isRetryable]).toEqual(["DOWNLOAD_FAILED", true]);
  });

  it("ends when all of it takes longer than it may, though bytes keep coming", async () => {
    const timers: NodeJS.Timeout[] = [];
    const origin = await serve((request, response) => {
      if (request.url === "/drips") timers.push(setInterval(() => response.write("a"), 5));
    });
    for (const path of ["/drips", "/silent"]) {
      const error = await rejection(read(`${origin}${path}`, { timeoutMs: 100 }));
      expect([error.code, error.isRetryable]).toEqual(["DOWNLOAD_FAILED", true]);
      expect(error.message).toBe("The download took longer than the 100 ms that are allowed (timeoutMs). Allow more.");
    }
    for (const timer of timers) clearInterval(timer);
  });

  it("leaves nothing behind on its signal, however it ends", async () => {
    const origin = await serve((request, response) => response.writeHead(request.url === "/a" ? 200 : 404).end(bytes));
    const { signal } = new AbortController();
    const download = guardedDownload({ allowLoopback: true });
    for await (const _ of await download(`${origin}/a`, { signal })) break;
    for await (const _ of await download(`${origin}/a`, { signal }));
    await rejection(download(`${origin}/b`, { signal }));
    await rejection(download("https://10.0.0.1/a", { signal }));
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("does not wait for an answer about a name once its signal ends it", async () => {
    const controller = new AbortController();
    const asking = rejection(guardedDownload()("https://no-such-host.invalid/a", { signal: controller.signal }));
    controller.abort();
    expect((await asking).code).toBe("CANCELLED");
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("speaks TLS to an https URL, and takes nothing from a server that does not", async () => {
    let requests = 0;
    const origin = await serve((_, response) => {
      requests += 1;
      response.end(bytes);
    });
    const error = await rejection(read(`${origin.replace("http:", "https:")}/a`));
    expect([error.code, requests]).toEqual(["DOWNLOAD_FAILED", 0]);
  });

  it("ends with its signal", async () => {
    const origin = await serve(() => undefined);
    const controller = new AbortController();
    const reading = rejection(guardedDownload({ allowLoopback: true })(`${origin}/`, { signal: controller.signal }));
    controller.abort();
    expect((await reading).code).toBe("CANCELLED");
    expect((await rejection(guardedDownload()("https://x.invalid", { signal: controller.signal }))).code).toBe(
      "CANCELLED",
    );
  });

  it("asks the address that was checked under the name of the URL", async () => {
    const hosts: unknown[] = [];
    const origin = await serve((request, response) => {
      hosts.push(request.headers.host);
      response.end(bytes);
    });
    const { port } = new URL(origin);
    expect(await read(`http://localhost:${port}/`)).toEqual(bytes);
    expect(hosts).toEqual([`localhost:${port}`]);
  });

  it("reads files below its roots only, whatever links say", async () => {
    const folder = await mkdtemp(join(tmpdir(), "genblaze-root-"));
    const outside = await mkdtemp(join(tmpdir(), "genblaze-outside-"));
    folders.push(folder, outside);
    await writeFile(join(folder, "a.bin"), bytes);
    await writeFile(join(outside, "b.bin"), bytes);
    await symlink(join(outside, "b.bin"), join(folder, "link.bin"));
    const at = (path: string) => pathToFileURL(path).href;
    const options = { fileRoots: [folder] };
    expect(await read(at(join(folder, "a.bin")), options)).toEqual(bytes);
    expect(await read(at(join(outside, "b.bin")))).toEqual(bytes);
    for (const path of [
      join(outside, "b.bin"),
      join(folder, "link.bin"),
      `${folder}/../${outside.split("/").at(-1)}/b.bin`,
    ]) {
      expect((await rejection(read(at(path), options))).code).toBe("DOWNLOAD_REFUSED");
    }
    expect((await rejection(read(at(folder), options))).code).toBe("DOWNLOAD_REFUSED");
    expect((await rejection(read("file://server/share/a", options))).code).toBe("DOWNLOAD_REFUSED");
    expect((await rejection(read(at(join(folder, "none")), options))).code).toBe("DOWNLOAD_FAILED");
    expect((await rejection(read(at(join(folder, "a.bin")), { ...options, maxBytes: 3 }))).code).toBe(
      "DOWNLOAD_FAILED",
    );
  });
});

describe("an address", () => {
  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "::7f00:1",
    "::8.8.8.8",
    "::ffff:0:8.8.8.8",
    "100:0:0:1::1",
    "1fff:ffff::1",
    "4000::1",
    "5f00::1",
    "8000::1",
    "3fff::1",
    "nonsense",
    "",
  ])("%s is never asked", (address) => {
    expect(isBlockedAddress(address)).toBe(true);
  });

  it.each([
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.169.0.1",
    "198.20.0.1",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001::200e",
    "2000::1",
    "3ffe:ffff::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
  ])("%s is public", (address) => {
    expect(isBlockedAddress(address)).toBe(false);
  });

  it("is this machine's own only in its loopback ranges", () => {
    expect(["127.0.0.1", "::1", "::ffff:127.0.0.1"].map(isLoopbackAddress)).toEqual([true, true, true]);
    expect(["10.0.0.1", "::2", "8.8.8.8", "nonsense"].map(isLoopbackAddress)).toEqual([false, false, false, false]);
  });
});

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

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server on a port has an address with one.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function read(url: string, options: DownloadOptions = {}): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await guardedDownload({ allowLoopback: true, ...options })(url)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
