import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import opentype from "opentype.js";

/** Draws a text as SVG path data, so that no font of the machine is needed. */
export interface TitleFont {
  widthOf(text: string, size: number): number;
  pathOf(text: string, x: number, baseline: number, size: number): string;
}

const FILES = ["latin", "latin-ext", "cyrillic"] as const;
const SPACING = 0.06;

/** Loads Forum (SIL Open Font License 1.1) from `@fontsource/forum`; letters it lacks leave a gap. */
export async function loadTitleFont(): Promise<TitleFont> {
  const { resolve } = createRequire(import.meta.url);
  const fonts = await Promise.all(
    FILES.map(async (file) => {
      const bytes = await readFile(resolve(`@fontsource/forum/files/forum-${file}-400-normal.woff`));
      return opentype.parse(new Uint8Array(bytes).buffer);
    }),
  );
  const fontOf = (character: string) => fonts.find((font) => font.charToGlyphIndex(character) > 0) ?? fonts[0];
  const advance = (character: string, size: number): number =>
    (fontOf(character)?.getAdvanceWidth(character, size) ?? 0) + SPACING * size;
  const widthOf = (text: string, size: number): number =>
    [...text].reduce((sum, character) => sum + advance(character, size), 0);
  return {
    widthOf,
    pathOf: (text, x, baseline, size) => {
      let at = x;
      return [...text]
        .map((character) => {
          const font = fontOf(character);
          const path =
            font !== undefined && font.charToGlyphIndex(character) > 0
              ? font.getPath(character, at, baseline, size).toPathData(1)
              : "";
          at += advance(character, size);
          return path;
        })
        .join("");
    },
  };
}
