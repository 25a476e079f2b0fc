import type { MediaHandler } from "@genblaze/core";
import { embedInClean } from "../embed-in-clean.js";
import { extractXmpManifest } from "../xmp/find-xmp-manifest.js";
import { planWebpEmbed } from "./webp-embed.js";
import { isWebp } from "./webp-header.js";
import { stripWebp } from "./webp-strip.js";

/**
 * WebP, animated or not: an XMP packet in an `XMP ` chunk of its own, the last of the file. The image is not encoded
 * anew; foreign XMP, Exif and colour profiles stay. A file without a VP8X chunk gets one, which stripping takes out.
 */
export const webpHandler: MediaHandler = {
  name: "webp",
  mediaTypes: ["image/webp"],
  extensions: [".webp"],
  matches: isWebp,
  extract: (source) => extractXmpManifest(source, "WebP"),
  strip: stripWebp,
  embed: (source, payload) => embedInClean(source, stripWebp, (clean) => planWebpEmbed(clean, payload)),
};
