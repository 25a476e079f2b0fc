import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import { openLocalFile } from "./open-local-file.js";
import { type OpenResponseOptions, openResponse } from "./open-response.js";
import { type ResolveTargetOptions, resolveTarget, type Target } from "./resolve-target.js";
import { timeLimit } from "./time-limit.js";

/** Gives the bytes behind a URL as they come. */
export type Download = (url: string, options?: DownloadCallOptions) => Promise<AsyncIterable<Uint8Array>>;

/** What one download may be told. */
export interface DownloadCallOptions {
  /** Ends the download. @default none */
  readonly signal?: AbortSignal | undefined;
}

/** What the downloads of {@link guardedDownload} may ask for, and how much and how long. */
export interface DownloadOptions {
  /** Whether this machine's own addresses may be asked, and those by plain http too. @default false */
  readonly allowLoopback?: boolean;
  /** Folders whose files may be read through `file:` URLs. @default the system's folder for temporary files */
  readonly fileRoots?: readonly string[];
  /** Most bytes that one download may give. @default 5 GiB */
  readonly maxBytes?: number;
  /** Longest silence of the other side, in milliseconds. @default 60_000 */
  readonly silenceMs?: number;
  /** Longest time of a whole download from a server, redirects included, in milliseconds. @default 3_600_000 */
  readonly timeoutMs?: number;
}

const MAX_REDIRECTS = 5;
const DEFAULT_MAX_BYTES = 5 * 1024 ** 3;
const DEFAULT_SILENCE_MS = 60_000;
/** One hour: 5 GiB by a line of 12 Mbit/s. A server that drips bytes without end is never silent. */
const DEFAULT_TIMEOUT_MS = 3_600_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * A downloader for URLs that came from others. It speaks https only and asks public addresses only: the name is
 * looked up once, every address it has is checked, and the connection goes to the address that was checked, at every
 * redirect anew. No proxy, no cookie and no credential is used. Files are read below `fileRoots` only, and no
 * redirect leads to one.
 *
 * The download fails with DOWNLOAD_REFUSED (scheme, host or address), DOWNLOAD_FAILED, CANCELLED. No message shows
 * the query of a URL, which may hold a signature.
 *
 * @example
 * const download = guardedDownload();
 * for await (const chunk of await download("https://files.example.com/clip.mp4")) ...
 */
export function guardedDownload(options: DownloadOptions = {}): Download {
  const known = ["allowLoopback", "fileRoots", "maxBytes", "silenceMs", "timeoutMs"] as const;
  assertKnownOptions(options, known, "guardedDownload(options)");
  const { allowLoopback = false, fileRoots = [tmpdir()], maxBytes = DEFAULT_MAX_BYTES } = options;
  const { silenceMs = DEFAULT_SILENCE_MS, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  return async (url, { signal } = {}) => {
    throwIfAborted(signal);
    if (url.startsWith("file:")) return openLocalFile(url, { fileRoots, maxBytes, signal });
    const limit = timeLimit(timeoutMs, signal);
    try {
      const { target, response } = await follow(url, { allowLoopback, silenceMs, signal: limit.signal });
      // Bytes that nobody reads end too: by the silence, which closes the response.
      response.once("close", limit.clear);
      return bodyOf(target, response, maxBytes, limit.signal);
    } catch (error) {
      limit.clear();
      throw error;
    }
  };
}

interface FollowOptions extends ResolveTargetOptions, OpenResponseOptions {}

/** The answer of the last server in a row of redirects, and who that is. */
async function follow(url: string, options: FollowOptions): Promise<{ target: Target; response: IncomingMessage }> {
  let target = await resolveTarget(url, options);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    throwIfAborted(options.signal);
    const response = await openResponse(target, options);
    const next = nextUrl(target, response);
    if (next === undefined) return { target, response };
    response.destroy();
    target = await resolveTarget(next, options);
  }
  throw failed(target, `redirects more than ${MAX_REDIRECTS} times`, false);
}

function nextUrl(target: Target, { statusCode = 0, headers }: IncomingMessage): string | undefined {
  const { location } = headers;
  if (!REDIRECTS.has(statusCode) || location === undefined) return undefined;
  return URL.canParse(location, target.url.href) ? new URL(location, target.url.href).href : location;
}

function bodyOf(
  target: Target,
  response: IncomingMessage,
  maxBytes: number,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const { statusCode = 0, headers } = response;
  if (statusCode !== 200) {
    response.destroy();
    throw failed(target, `answers with status ${statusCode}`, statusCode === 429 || statusCode >= 500);
  }
  const declared = headers["content-length"] === undefined ? undefined : Number(headers["content-length"]);
  if (declared !== undefined && declared > maxBytes) {
    response.destroy();
    throw failed(target, `offers ${declared} bytes, more than the ${maxBytes} that are allowed`, false);
  }
  return readBody(target, response, maxBytes, signal);
}

async function* readBody(
  target: Target,
  response: IncomingMessage,
  maxBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  try {
    for await (const chunk of response) {
      received += chunk.length;
      if (received > maxBytes) throw failed(target, `gives more than the ${maxBytes} bytes that are allowed`, false);
      yield chunk;
    }
  } catch (cause) {
    throwIfAborted(signal);
    if (GenblazeError.isInstance(cause)) throw cause;
    throw failed(target, "broke off", true, cause);
  } finally {
    response.destroy();
  }
}

function failed({ url }: Target, what: string, isRetryable: boolean, cause?: unknown): GenblazeError {
  const message = `${url.origin}${url.pathname} ${what}. Check that the file is still there.`;
  return new GenblazeError("DOWNLOAD_FAILED", message, { cause, isRetryable });
}
