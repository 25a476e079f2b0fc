import { extname } from "node:path";
import type { ByteSource, MediaHandler } from "@genblaze/core";
import { HEAD_BYTES } from "./limits.js";
import { mediaHandlers } from "./media-handlers.js";

/** What is known of a file besides its bytes. */
export interface MediaHints {
  readonly mediaType?: string | undefined;
  readonly path?: string | undefined;
}

/**
 * The handler for a file: its first bytes decide, hints choose among several that fit. A file that no handler
 * recognises goes to the one of its media type or extension, which then says what is wrong with it.
 */
export async function findHandler(source: ByteSource, hints: MediaHints): Promise<MediaHandler | undefined> {
  const head = await source.read(0, Math.min(source.sizeBytes, HEAD_BYTES));
  const fitting = mediaHandlers.filter((handler) => handler.matches(head));
  return findHinted(fitting, hints) ?? fitting[0] ?? findHinted(mediaHandlers, hints);
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
