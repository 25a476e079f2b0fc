import type { Raster } from "../scene/layer-plan.js";
import { rasterizeSvg } from "./rasterize.js";
import { loadTitleFont, type TitleFont } from "./title-font.js";

/** Words over a clip. */
export interface TitleText {
  readonly text: string;
  readonly subtitle?: string;
  /** A film's title stands large in the upper third, a scene's small in the lower corner. */
  readonly style: "film" | "scene" | "end";
}

/** Draws a title with a soft shadow on a transparent picture of the frame's size. */
export async function paintTitle(title: TitleText, width: number, height: number): Promise<Raster> {
  const font = await loadTitleFont();
  const body = title.style === "scene" ? sceneTitle(font, title) : filmTitle(font, title);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 720" preserveAspectRatio="none" width="${width}" height="${height}"><defs><filter id="shadow" x="-20%" y="-60%" width="140%" height="220%"><feGaussianBlur stdDeviation="9"/></filter></defs>${body}</svg>`;
  return rasterizeSvg(svg, width, height);
}

function filmTitle(font: TitleFont, title: TitleText): string {
  const letters = title.text.toUpperCase();
  const size = fit(font, letters, title.style === "end" ? 58 : 66, 1060);
  const baseline = title.style === "end" ? 372 : 208;
  const small =
    title.subtitle === undefined
      ? ""
      : centered(font, title.subtitle, fit(font, title.subtitle, 23, 1000), baseline + 62);
  const rule =
    title.subtitle === undefined
      ? ""
      : `M560,${baseline + 24} L720,${baseline + 24} L720,${baseline + 25.4} L560,${baseline + 25.4}Z`;
  return withShadow(`${centered(font, letters, size, baseline)}${small}${rule}`);
}

function sceneTitle(font: TitleFont, title: TitleText): string {
  const letters = title.text.toUpperCase();
  const size = fit(font, letters, 30, 560);
  return withShadow(`${font.pathOf(letters, 84, 628, size)}M84,644 L${84 + 46},644 L${84 + 46},645.4 L84,645.4Z`);
}

function centered(font: TitleFont, text: string, size: number, baseline: number): string {
  return font.pathOf(text, 640 - font.widthOf(text, size) / 2, baseline, size);
}

function fit(font: TitleFont, text: string, size: number, room: number): number {
  return Math.min(size, (size * room) / Math.max(1, font.widthOf(text, size)));
}

function withShadow(path: string): string {
  return `<path d="${path}" fill="#000000" opacity="0.55" filter="url(#shadow)"/><path d="${path}" fill="#000000" opacity="0.4" transform="translate(0 1.5)"/><path d="${path}" fill="#fdf6e6"/>`;
}
