import type { ByteSource } from "@genblaze/core";
import { HEAD_BYTES } from "../limits.js";
import { sniffMediaType } from "./sniff-media-type.js";

/** Why a file that has no handler gets no manifest inside. */
export async function unsupportedReason(source: ByteSource): Promise<string> {
  const mediaType = sniffMediaType(await source.read(0, Math.min(source.sizeBytes, HEAD_BYTES)));
  if (mediaType === undefined) return "No handler knows this kind of media.";
  return `No manifest can be put into a file of type ${mediaType}.`;
}
