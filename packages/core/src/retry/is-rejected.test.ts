import { once } from "node:events";
import { get } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ERROR_CODES, type ErrorCode } from "../errors/error-codes.js";
import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { isConnectionLoss } from "./is-connection-loss.js";
import { isRejected } from "./is-rejected.js";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** The origin of a server that does what it is told with each connection as soon as something was sent on it. */
async function listen(onRequest: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => onRequest(socket));
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server on a port has an address with one.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closedOrigin(): Promise<string> {
  const origin = await listen(() => undefined);
  const server = servers.pop();
  await new Promise((resolve) => server?.close(resolve));
  return origin;
}

async function thrownBy(work: () => Promise<unknown>): Promise<unknown> {
  return work().then(
    () => "nothing was thrown",
    (error: unknown) => error,
  );
}

const post = (origin: string) => fetch(origin, { method: "POST", body: "{}" }).then((response) => response.text());
const half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";

describe("a failed submit over a real network", () => {
  it("was surely not taken when nothing listens at the address", async () => {
    const origin = await closedOrigin();
    const error = await thrownBy(() => post(origin));
    expect([isRejected(error), isConnectionLoss(error)]).toEqual([true, true]);
    const wrapped = errorFromUnknown(error, "The provider");
    expect([isRejected(wrapped), isConnectionLoss(wrapped)]).toEqual([true, true]);
  });

  it("was surely not taken when nothing listens at any address of a host", async () => {
    const { port } = new URL(await closedOrigin());
    const both = [
      { address: "127.0.0.1", family: 4 },
      { address: "127.0.0.2", family: 4 },
    ];
    const request = get({ host: "two.test", port, lookup: (_, __, done) => done(null, both) });
    const [error] = await once(request, "error").catch((thrown: unknown) => [thrown]);
    expect(error).toBeInstanceOf(AggregateError);
    expect([isRejected(error), isConnectionLoss(error)]).toEqual([true, true]);
  });

  it("was surely not taken when the name of the host is not found", async () => {
    const lookup = Object.assign(new Error("getaddrinfo ENOTFOUND a.test"), {
      code: "ENOTFOUND",
      syscall: "getaddrinfo",
    });
    const error = await new Promise<Error>((resolve) => {
      get({ host: "a.test", lookup: (_, __, done) => done(lookup, "", 4) }).on("error", resolve);
    });
    expect([isRejected(error), isConnectionLoss(error)]).toEqual([true, true]);
  });

  it.each([
    ["reset before an answer", (socket: Socket) => socket.resetAndDestroy()],
    ["closed before an answer", (socket: Socket) => socket.end()],
    ["closed in the middle of an answer", (socket: Socket) => socket.end(half)],
  ])("may have been taken when the connection was %s", async (_, onRequest) => {
    const origin = await listen(onRequest);
    const error = await thrownBy(() => post(origin));
    expect([isRejected(error), isConnectionLoss(error)]).toEqual([false, true]);
  });

  it("may have been taken when the answer is no HTTP, which the next one would not be either", async () => {
    const origin = await listen((socket) => socket.end("hello\r\n\r\n"));
    const error = await thrownBy(() => post(origin));
    expect([isRejected(error), isConnectionLoss(error)]).toEqual([false, false]);
  });
});

describe("a failed submit", () => {
  const taken: readonly ErrorCode[] = [
    "SERVER_ERROR",
    "TIMED_OUT",
    "UNEXPECTED",
    "CANCELLED",
    "SUBMIT_UNKNOWN",
    "OUTPUT_INVALID",
    "INVALID_JSON",
    "GUARD_REJECTED",
    "JOURNAL_FAILED",
    "SINK_FAILED",
    "RUN_FAILED",
  ];
  const refused: readonly ErrorCode[] = [
    "RATE_LIMITED",
    "AUTH_FAILED",
    "INVALID_INPUT",
    "CONTENT_POLICY",
    "MODEL_ERROR",
    "INVALID_OPTION",
    "INPUT_INVALID",
    "STORAGE_NOT_FOUND",
    "STORAGE_FAILED",
    "DOWNLOAD_REFUSED",
    "DOWNLOAD_FAILED",
    "KEY_INVALID",
    "BUDGET_EXCEEDED",
    "PRICE_UNKNOWN",
    "FILE_NOT_FOUND",
  ];

  it.each(taken)("may have been taken by its code %s alone", (code) => {
    expect(isRejected(new GenblazeError(code, ""))).toBe(false);
  });

  it.each(refused)("was surely not taken by its code %s", (code) => {
    expect(isRejected(new GenblazeError(code, ""))).toBe(true);
  });

  it("goes by what its error says of itself before its code", () => {
    expect(isRejected(new GenblazeError("SERVER_ERROR", "", { isRejected: true }))).toBe(true);
    expect(isRejected(new GenblazeError("RATE_LIMITED", "", { isRejected: false }))).toBe(false);
    expect(new GenblazeError("RATE_LIMITED", "").isRejected).toBeUndefined();
  });

  it("may have been taken when any cause says so", () => {
    const second = new GenblazeError("RATE_LIMITED", "the second request", { isRejected: false });
    expect(isRejected(new Error("wrapped", { cause: second }))).toBe(false);
    expect(isRejected(new GenblazeError("INVALID_INPUT", "", { cause: second }))).toBe(false);
  });

  it("may have been taken when only a cause says that it was not", () => {
    const inner = new GenblazeError("RATE_LIMITED", "", { isRejected: true });
    expect(isRejected(new GenblazeError("SERVER_ERROR", "", { cause: inner }))).toBe(false);
  });

  it("may have been taken when its answer could not be used for want of a connection", () => {
    const refusedConnection = Object.assign(new Error("connect"), { code: "ECONNREFUSED", syscall: "connect" });
    const codes = Object.keys(ERROR_CODES) as ErrorCode[];
    const ofCode = (code: ErrorCode) => new GenblazeError(code, "", { cause: refusedConnection });
    const proven = codes.filter((code) => isRejected(ofCode(code)) && !isRejected(new GenblazeError(code, "")));
    expect(proven).toEqual(["TIMED_OUT", "SERVER_ERROR", "UNEXPECTED"]);
  });

  it.each([
    [{ code: "UND_ERR_CONNECT_TIMEOUT" }, true, true],
    [{ code: "EAI_AGAIN", syscall: "getaddrinfo" }, true, true],
    [{ code: "EHOSTUNREACH", syscall: "connect" }, true, true],
    [{ code: "EHOSTUNREACH", syscall: "read" }, false, true],
    [{ code: "ETIMEDOUT", syscall: "connect" }, true, true],
    [{ code: "ETIMEDOUT", syscall: "read" }, false, true],
    [{ code: "CERT_HAS_EXPIRED" }, true, false],
    [{ code: "ERR_TLS_CERT_ALTNAME_INVALID" }, true, false],
    [{ code: "EPIPE", syscall: "write" }, false, true],
    [{ code: "UND_ERR_HEADERS_TIMEOUT" }, false, true],
    [{ code: "UND_ERR_BODY_TIMEOUT" }, false, true],
    [{ code: "UND_ERR_RES_CONTENT_LENGTH_MISMATCH" }, false, true],
    [{ code: "UND_ERR_INVALID_ARG" }, false, false],
    [{ code: "ENOENT", syscall: "open" }, false, false],
    [{}, false, false],
  ])("with the cause %j was surely not taken: %s, and lost its connection: %s", (facts, isSure, isLost) => {
    const error = new TypeError("fetch failed", { cause: Object.assign(new Error("x"), facts) });
    expect([isRejected(error), isConnectionLoss(error)]).toEqual([isSure, isLost]);
  });

  it("may have been taken when one of several tries reached the other side", () => {
    const refusedConnection = { code: "ECONNREFUSED", syscall: "connect" };
    const reset = { code: "ECONNRESET", syscall: "read" };
    expect(isRejected({ code: "ECONNREFUSED", errors: [refusedConnection, reset] })).toBe(false);
    expect(isRejected({ code: "ECONNREFUSED", errors: [refusedConnection, refusedConnection] })).toBe(true);
  });

  it("is judged by eight causes at most, and by what is no error too", () => {
    const round: { cause?: unknown } = {};
    round.cause = round;
    for (const thrown of [round, undefined, null, "text", 5, new TypeError("x is not a function")]) {
      expect([isRejected(thrown), isConnectionLoss(thrown)]).toEqual([false, false]);
    }
    let deep: unknown = { code: "ECONNREFUSED" };
    for (let depth = 0; depth < 7; depth++) deep = { cause: deep };
    expect([isRejected(deep), isRejected({ cause: deep })]).toEqual([true, false]);
  });
});
