import { extname } from "node:path";
import type { ByteSource, MediaHandler } from "@genblaze/core";
import { createExiftoolHandler } from "./exiftool/exiftool-handler.js";
import { HEAD_BYTES } from "./limits.js";
import { mediaHandlers } from "./media-handlers.js";

/** What is known of a file besides its bytes. */
export interface MediaHints {
  readonly mediaType?: string | undefined;
  readonly path?: string | undefined;
  /** Ends the work of a handler that has another program do it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The handler for a file: its first bytes decide, hints choose among several that fit. What none of ours recognises
 * goes to exiftool when that knows it by its bytes, else to the handler of its media type or extension, which then
 * says what is wrong with it.
 */
export async function findHandler(source: ByteSource, hints: MediaHints): Promise<MediaHandler | undefined> {
  const head = await source.read(0, Math.min(source.sizeBytes, HEAD_BYTES));
  const fitting = mediaHandlers.filter((handler) => handler.matches(head));
  const own = findHinted(fitting, hints) ?? fitting[0];
  if (own !== undefined) return own;
  const longTail = createExiftoolHandler({ signal: hints.signal });
  return longTail.matches(head) ? longTail : findHinted(mediaHandlers, hints);
}

function findHinted(handlers: readonly MediaHandler[], { mediaType, path }: MediaHints): MediaHandler | undefined {
  // Parameters of a media type ("audio/wav; codecs=1") say nothing about the container.
  const plainType = mediaType?.split(";", 1)[0]?.trim().toLowerCase();
  const extension = path === undefined ? "" : extname(path).toLowerCase();
  return (
    handlers.find((handler) => plainType !== undefined && handler.mediaTypes.includes(plainType)) ??
    handlers.find((handler) => handler.extensions.includes(extension))
  );
}
