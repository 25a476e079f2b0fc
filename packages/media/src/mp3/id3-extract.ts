import type { ByteSource } from "@genblaze/core";
import { readManifestFrame } from "./id3-manifest-frame.js";
import { readId3Tag } from "./id3-tag.js";

/** The manifest in the tag at the start of the file: the first text of our first frame that is not empty. */
export async function extractFromId3(source: ByteSource): Promise<Uint8Array | undefined> {
  const tag = await readId3Tag(source);
  if (tag === undefined) return undefined;
  for (const frame of tag.manifests) {
    const payload = await readManifestFrame(tag.body.content, tag.header, frame);
    if (payload.length > 0) return payload;
  }
  return undefined;
}
