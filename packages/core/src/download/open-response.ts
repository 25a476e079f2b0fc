import type { IncomingMessage } from "node:http";
import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { pinnedTo } from "./pinned-to.js";
import type { Target } from "./resolve-target.js";

export interface OpenResponseOptions {
  readonly signal: AbortSignal;
  readonly silenceMs: number;
}

/**
 * Asks the addresses that were checked, under the name of the URL (Host header, TLS name and certificate). A socket of
 * its own, so that none is reused that goes elsewhere. DOWNLOAD_FAILED, CANCELLED.
 */
export async function openResponse({ url, addresses }: Target, options: OpenResponseOptions): Promise<IncomingMessage> {
  const { signal, silenceMs } = options;
  // Loaded with the first download: most programs that load this package make none.
  const { request: open } = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const settings = {
        agent: false as const,
        lookup: pinnedTo(addresses),
        headers: { accept: "*/*" },
        timeout: silenceMs,
        minVersion: "TLSv1.2" as const,
        signal,
      };
      const request = open(url, settings);
      // The socket's own limit: it counts silence, before and after the answer begins.
      request.on("timeout", () => request.destroy(new Error(`no byte came for ${silenceMs} ms`)));
      request.on("response", resolve);
      request.on("error", reject);
      request.end();
    });
  } catch (cause) {
    throwIfAborted(signal);
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new GenblazeError("DOWNLOAD_FAILED", `${url.origin}${url.pathname} cannot be fetched: ${said}.`, { cause });
  }
}
