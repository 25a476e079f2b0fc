import type { ByteSource } from "@genblaze/core";
import type { Mp4Box } from "../mp4/mp4-boxes.js";
import { assertPayloadReadable } from "../payload-limit.js";
import { readIlstLayout } from "./ilst-layout.js";

/** The first manifest among the tags of `moov`; an empty one is passed over. */
export async function extractFromIlst(source: ByteSource, moov: Mp4Box): Promise<Uint8Array | undefined> {
  const { atoms } = await readIlstLayout(source, moov);
  for (const { role, value } of atoms) {
    if (role !== "manifest" || value === undefined || value.end === value.start) continue;
    assertPayloadReadable(value.end - value.start, "MP4");
    return source.read(value.start, value.end - value.start);
  }
  return undefined;
}
