import type { MediaHandler } from "@genblaze/core";
import { flacHandler } from "./flac/flac-handler.js";
import { jpegHandler } from "./jpeg/jpeg-handler.js";
import { m4aHandler } from "./m4a/m4a-handler.js";
import { mp3Handler } from "./mp3/mp3-handler.js";
import { mp4Handler } from "./mp4/mp4-handler.js";
import { pngHandler } from "./png/png-handler.js";
import { wavHandler } from "./wav/wav-handler.js";
import { webpHandler } from "./webp/webp-handler.js";

/** The formats in which a manifest can be embedded; the first that recognises a file handles it. */
export const mediaHandlers: readonly MediaHandler[] = [
  pngHandler,
  jpegHandler,
  webpHandler,
  m4aHandler,
  mp4Handler,
  mp3Handler,
  wavHandler,
  flacHandler,
];
