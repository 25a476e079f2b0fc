import { MAX_PARTS } from "./limits.js";
import { malformedMedia } from "./malformed-media.js";

/** Most chunks or boxes that one embedding adds, restore records included. */
const MAX_OWN_PARTS = 4;

/** Throws MEDIA_MALFORMED for a file that only our parts would put over the limit: it could not be stripped again. */
export function assertRoomForParts(count: number, container: string): void {
  if (count + MAX_OWN_PARTS <= MAX_PARTS) return;
  throw malformedMedia(`This ${container} file has ${count} parts, and no more than ${MAX_PARTS} are read.`);
}
