import { getEventListeners } from "node:events";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { serve } from "../../test/loopback.js";
import { rejection } from "../../test/thrown.js";
import { isBlockedAddress, isLoopbackAddress } from "./blocked-addresses.js";
import { type DownloadOptions, guardedDownload } from "./download.js";

const folders: string[] = [];
afterEach(async () => {
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

async function read(url: string, options: DownloadOptions = {}): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await guardedDownload({ allowLoopback: true, ...options })(url)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
