import type { IncomingMessage } from "node:http";
import { pinnedTo } from "../download/pinned-to.js";
import { resolveTarget, type Target } from "../download/resolve-target.js";
import { untilAborted } from "../internal/until-aborted.js";
import type { ResponseFacts } from "../retry/error-from-response.js";

/** One request of a webhook. */
export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends the request; its reason is thrown. */
  readonly signal: AbortSignal;
}

/** Sends one request and says what it was answered; the body of the answer is not read. */
export type Post = (request: PostRequest) => Promise<ResponseFacts>;

/**
 * Posts as {@link guardedDownload} fetches: https only, public addresses only, to an address that was checked, no
 * proxy, no redirect. Throws DOWNLOAD_REFUSED, DOWNLOAD_FAILED for a name without an address, the reason of the signal,
 * and what Node throws when a connection cannot be made or is lost.
 */
export function guardedPost(allowLoopback: boolean): Post {
  return async (request) => {
    const { signal } = request;
    signal.throwIfAborted();
    try {
      const target = await resolveTarget(request.url, { allowLoopback, signal });
      signal.throwIfAborted();
      const response = await send(target, request);
      // Nothing in the body is of interest, and there may be no end of it.
      response.on("error", () => undefined).destroy();
      return { status: response.statusCode ?? 0, headers: response.headers };
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  };
}

/** The same over a `fetch` of the user's, who then answers for which addresses it asks. */
export function postByFetch(fetch: typeof globalThis.fetch): Post {
  return async ({ url, headers, body, signal }) => {
    signal.throwIfAborted();
    try {
      // Whether or not it heeds the signal.
      const answer = fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
      const response = await untilAborted(answer, signal);
      await response.body?.cancel();
      return { status: response.status, headers: response.headers };
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  };
}

async function send({ url, addresses }: Target, { headers, body, signal }: PostRequest): Promise<IncomingMessage> {
  // Loaded with the first delivery: most programs that load this package make none.
  const { request: open } = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  return await new Promise<IncomingMessage>((resolve, reject) => {
    const request = open(url, {
      method: "POST",
      // A socket of its own, so that none is reused that goes elsewhere.
      agent: false as const,
      lookup: pinnedTo(addresses),
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
      minVersion: "TLSv1.2" as const,
      signal,
    });
    request.on("response", resolve);
    // Heard to the end: an answer may come before the body is sent, and the connection break then.
    request.on("error", reject);
    request.end(body);
  });
}
