import { fillWith, type TintName } from "./chart-theme.js";
import { escapeMarkup } from "./escape-markup.js";

/** Where things stand in a chart, in its own units: pixels at its natural size. */
export const CHART = {
  width: 1_120,
  margin: 20,
  /** Names stand between the margin and the chart. */
  chartStart: 300,
  chartEnd: 890,
  /** Right edges of the columns of times and of costs. */
  timeEnd: 990,
  costEnd: 1_100,
  rowHeight: 24,
  firstRow: 92,
} as const;

/** Advance of a character of the fixed-width fonts at 12 pixels, rounded up: text is cut by it. */
export const CELL_WIDTH = 7.4;

export function rowTop(index: number): number {
  return CHART.firstRow + index * CHART.rowHeight;
}

/** The place of a time on the axis. */
export function xOf(timeMs: number, elapsedMs: number): number {
  const part = Math.min(1, timeMs / Math.max(elapsedMs, 1e-9));
  return Math.round((CHART.chartStart + part * (CHART.chartEnd - CHART.chartStart)) * 10) / 10;
}

/** A line of text at a place, escaped. */
export function textAt(
  x: number,
  y: number,
  text: string,
  tint: TintName,
  anchor: "start" | "middle" | "end" = "start",
): string {
  const side = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  return `<text x="${x}" y="${y}"${side} ${fillWith(tint)}>${escapeMarkup(text)}</text>`;
}
