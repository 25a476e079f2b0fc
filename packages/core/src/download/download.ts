import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import { openLocalFile } from "./open-local-file.js";
import { openResponse } from "./open-response.js";
import { resolveTarget, type Target } from "./resolve-target.js";

/** Gives the bytes behind a URL as they come. */
export type Download = (url: string, options?: DownloadCallOptions) => Promise<AsyncIterable<Uint8Array>>;

export interface DownloadCallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface DownloadOptions {
  /** Whether this machine's own addresses may be asked, and those by plain http too. @default false */
  readonly allowLoopback?: boolean;
  /** Folders whose files may be read through `file:` URLs. @default the system's folder for temporary files */
  readonly fileRoots?: readonly string[];
  /** Most bytes that one download may give. @default 5 GiB */
  readonly maxBytes?: number;
  /** Longest silence of the other side, in milliseconds. @default 60_000 */
  readonly silenceMs?: number;
}

const MAX_REDIRECTS = 5;
const DEFAULT_MAX_BYTES = 5 * 1024 ** 3;
const DEFAULT_SILENCE_MS = 60_000;
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
  assertKnownOptions(options, ["allowLoopback", "fileRoots", "maxBytes", "silenceMs"], "guardedDownload(options)");
  const { allowLoopback = false, maxBytes = DEFAULT_MAX_BYTES, silenceMs = DEFAULT_SILENCE_MS } = options;
  const { fileRoots = [tmpdir()] } = options;
  return async (url, { signal } = {}) => {
    throwIfAborted(signal);
    if (url.startsWith("file:")) return openLocalFile(url, { fileRoots, maxBytes, signal });
    let target = await resolveTarget(url, { allowLoopback });
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      throwIfAborted(signal);
      const response = await openResponse(target, { signal, silenceMs });
      const next = nextUrl(target, response);
      if (next === undefined) return bodyOf(target, response, maxBytes, signal);
      response.destroy();
      target = await resolveTarget(next, { allowLoopback });
    }
    throw failed(target, `redirects more than ${MAX_REDIRECTS} times`, false);
  };
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
  signal: AbortSignal | undefined,
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
  signal: AbortSignal | undefined,
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
