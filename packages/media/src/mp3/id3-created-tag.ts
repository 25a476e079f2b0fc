import type { ByteSource } from "@genblaze/core";
import { concatBytes, hasBytesAt } from "../binary/bytes.js";
import { latin1 } from "../binary/fields.js";
import { buildManifestFrame } from "./id3-build-frame.js";
import { ID3_HEADER_BYTES } from "./id3-header.js";
import type { Id3Tag } from "./id3-tag.js";
import { hasLayer3Header } from "./mpeg-audio.js";
import { synchsafe } from "./synchsafe.js";

/** A second text behind the manifest: the file had no tag before us. */
const CREATED_MARK = latin1("\0genblaze:created");
/** "ID3", version 2.4.0, no flags. */
const HEADER_BEFORE_SIZE = latin1("ID3\x04\0\0");

/** A tag of nothing but the manifest, for a file that has none. */
export function buildCreatedTag(payload: Uint8Array): Uint8Array {
  const frame = buildManifestFrame(payload, { major: 4, isUnsynchronised: false, sizing: "synchsafe" }, CREATED_MARK);
  return concatBytes([HEADER_BEFORE_SIZE, synchsafe.write(frame.length), frame]);
}

/** Whether `buildCreatedTag` made this tag, and the audio behind it can stand alone. */
export async function isCreatedTag(source: ByteSource, tag: Id3Tag): Promise<boolean> {
  const [frame] = tag.manifests;
  const { header, body, sizing } = tag;
  if (frame === undefined || frame.start > 0 || frame.end !== header.bodyBytes) return false;
  if (!hasBytesAt(await source.read(0, ID3_HEADER_BYTES), 0, HEADER_BEFORE_SIZE)) return false;
  if (sizing !== "synchsafe" || frame.flags !== 0 || frame.end - frame.dataStart < CREATED_MARK.length) return false;
  const ending = await body.content.read(frame.end - CREATED_MARK.length, CREATED_MARK.length);
  return hasBytesAt(ending, 0, CREATED_MARK) && (await hasLayer3Header(source, header.end));
}
