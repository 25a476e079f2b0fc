import type { MediaHandler } from "@genblaze/core";
import { fourCharacters } from "../binary/fields.js";
import { embedInClean } from "../embed-in-clean.js";
import { isMp4 } from "../mp4/mp4-boxes.js";
import { extractFromMp4, planMp4, stripMp4 } from "../mp4/mp4-handler.js";
import { planIlstEmbed } from "./ilst-embed.js";

/** Music, audio book and protected music, as iTunes brands them. */
const AUDIO_BRANDS: ReadonlySet<string> = new Set(["M4A ", "M4B ", "M4P "]);
/** After size and type of the ftyp box. */
const MAJOR_BRAND_OFFSET = 8;

/**
 * M4A: the manifest twice, in the uuid box of every MP4 and in a freeform atom among the iTunes tags. The Python
 * library looks for the one or for the other, as it is told the media type or not. Where the tags are too odd to
 * be changed, only the uuid box is written.
 */
export const m4aHandler: MediaHandler = {
  name: "m4a",
  mediaTypes: ["audio/mp4", "audio/x-m4a", "audio/m4a"],
  extensions: [".m4a", ".m4b"],
  matches: (head) => isMp4(head) && AUDIO_BRANDS.has(fourCharacters.read(head, MAJOR_BRAND_OFFSET)),
  extract: extractFromMp4,
  strip: stripMp4,
  embed: (source, payload) =>
    embedInClean(
      source,
      // The tags first: the box is then put at the end of a file that does not change any more.
      (file) => embedInClean(file, stripMp4, (clean) => planIlstEmbed(clean, payload)),
      (tagged) => planMp4(tagged, payload),
    ),
};
