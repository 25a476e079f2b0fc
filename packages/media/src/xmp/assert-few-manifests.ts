import { malformedMedia } from "../malformed-media.js";

/** A file carries one manifest, a few after careless tools; one with more is made to keep us busy. */
const MAX_MANIFESTS = 10_000;

/** Throws MEDIA_MALFORMED when a file carries more manifests than any tool leaves in one. */
export function assertFewManifests(count: number, container: string): void {
  if (count <= MAX_MANIFESTS) return;
  throw malformedMedia(`This ${container} file carries more than ${MAX_MANIFESTS} manifests.`);
}
