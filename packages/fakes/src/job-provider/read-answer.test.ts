import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { readAnswer } from "./read-answer.js";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  // A server on a port has an address with one.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("reading an answer", () => {
  it("gives the whole text, whose characters may be cut between pieces", async () => {
    const bytes = Buffer.from("grüße");
    const url = await serve((_, response) => {
      response.write(bytes.subarray(0, 3));
      setImmediate(() => response.end(bytes.subarray(3)));
    });
    expect(await readAnswer("vendor", await fetch(url), new AbortController().signal)).toBe("grüße");
  });

  it("refuses one that is too long, and closes its connection", async () => {
    const piece = Buffer.alloc(8 * 1024 * 1024);
    let closed: Promise<unknown> = Promise.resolve();
    const url = await serve((_, response) => {
      closed = once(response, "close");
      for (let count = 0; count < 5; count++) response.write(piece);
    });
    const reading = readAnswer("vendor", await fetch(url), new AbortController().signal);
    await expect(reading).rejects.toMatchObject({ code: "SERVER_ERROR" });
    await closed;
  });

  it("ends with the signal and closes the connection", async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const url = await serve((_, response) => {
      closed = once(response, "close");
      response.writeHead(200, { "content-length": 10 });
      response.write("half");
    });
    const controller = new AbortController();
    const begin = async () => {
      const response = await fetch(url, controller);
      return { outcome: readAnswer("vendor", response, controller.signal).catch((error: unknown) => error) };
    };
    const { outcome } = await begin();
    controller.abort("enough");
    expect(await outcome).toBe("enough");
    await closed;
  });

  it("ends at once when the signal has aborted before", async () => {
    const url = await serve((_, response) => response.end("all"));
    const response = await fetch(url);
    await expect(readAnswer("vendor", response, AbortSignal.abort("enough"))).rejects.toBe("enough");
  });
});
