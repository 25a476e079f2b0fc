import type { MediaHandler } from "@genblaze/core";
import { mp4Handler } from "./mp4/mp4-handler.js";
import { pngHandler } from "./png/png-handler.js";
import { wavHandler } from "./wav/wav-handler.js";

/** The formats in which a manifest can be embedded; the first that recognises a file handles it. */
export const mediaHandlers: readonly MediaHandler[] = [pngHandler, mp4Handler, wavHandler];
