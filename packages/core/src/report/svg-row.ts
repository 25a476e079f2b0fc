import { fillWith, strokeWith, type TintName } from "./chart-theme.js";
import { cleanText } from "./clean-text.js";
import { escapeMarkup } from "./escape-markup.js";
import { formatDuration } from "./format-duration.js";
import type { ReportRow } from "./report-rows.js";
import type { StepFactState } from "./run-facts.js";
import { costWords, markedName, noteWords, stateWords } from "./step-words.js";
import { CELL_WIDTH, CHART, rowTop, textAt, xOf } from "./svg-layout.js";
import { fitText } from "./text-width.js";

/** The parts of a bar in order of time; heights differ, so that they can be told apart without colour. */
export const PHASES = [
  { tint: "queued", field: "queuedMs", height: 4 },
  { tint: "waiting", field: "waitingMs", height: 6 },
  { tint: "submit", field: "submitMs", height: 9 },
  { tint: "provider", field: "providerMs", height: 14 },
  { tint: "transfer", field: "transferMs", height: 9 },
] as const;

const indent = 14;
const deepest = 6;
const outlineHeight = 18;
/** A bar is never drawn narrower than this, however short its step was. */
const narrowest = 2;

/** A step's name, its bar or bracket, its time and its cost, at its place in the chart. */
export function svgRow(row: ReportRow, index: number, elapsedMs: number): string {
  const top = rowTop(index);
  const baseline = top + 16;
  const x = CHART.margin + Math.min(row.depth, deepest) * indent;
  const name = fitText(cleanText(markedName(row)), Math.floor((CHART.chartStart - 16 - x) / CELL_WIDTH));
  return [
    `<g><title>${describe(row)}</title>`,
    textAt(x, baseline, name, row.hasBegun ? "text" : "muted"),
    drawing(row, top, elapsedMs),
    row.hasBegun ? textAt(CHART.timeEnd, baseline, formatDuration(row.step.totalMs), "text", "end") : "",
    textAt(CHART.costEnd, baseline, costWords(row), "text", "end"),
    "</g>",
  ].join("");
}

/** What a pointer that rests on the row is told. */
function describe(row: ReportRow): string {
  const { step } = row;
  const times = row.isParent
    ? []
    : PHASES.filter(({ field }) => step[field] > 0).map(({ tint, field }) => `${tint} ${formatDuration(step[field])}`);
  const parts = [`${step.key} (${step.provider}/${step.model})`, stateWords(row), ...times, noteWords(row)];
  return parts
    .filter((part) => part !== "")
    .map(escapeMarkup)
    .join("; ");
}

function drawing(row: ReportRow, top: number, elapsedMs: number): string {
  const { step } = row;
  if (step.readyMs === null || !(row.hasBegun || step.queuedMs > 0)) {
    const cells = Math.floor((CHART.chartEnd - CHART.chartStart) / CELL_WIDTH);
    return textAt(CHART.chartStart, top + 16, fitText(cleanText(stateWords(row)), cells), "muted");
  }
  return row.isParent ? bracket(row, top, elapsedMs) : bar(row, top, elapsedMs);
}

function bracket({ step }: ReportRow, top: number, elapsedMs: number): string {
  const begin = (step.readyMs ?? 0) + step.queuedMs;
  const { from, to } = span(begin, (step.readyMs ?? 0) + step.totalMs, elapsedMs);
  return `<path ${strokeWith(step.onCriticalPath ? "text" : "muted")} stroke-width="1.5" d="M${from} ${top + 18}V${top + 10}H${to}V${top + 18}"/>`;
}

/** What tells the bar of a step that did not come to a good end: not its colour alone. */
const badEnds: Readonly<Partial<Record<StepFactState, { readonly tint: TintName; readonly mark: string }>>> = {
  failed: { tint: "failed", mark: "✗" },
  cancelled: { tint: "queued", mark: "⊘" },
};

function bar({ step }: ReportRow, top: number, elapsedMs: number): string {
  const bad = badEnds[step.state];
  const middle = top + CHART.rowHeight / 2;
  const shapes: string[] = [];
  let timeMs = step.readyMs ?? 0;
  for (const { tint, field, height } of PHASES) {
    const begin = timeMs;
    timeMs += step[field];
    if (step[field] > 0) {
      const look = bad === undefined || field === "queuedMs" || field === "waitingMs" ? tint : bad.tint;
      shapes.push(rectangle(fillWith(look), begin, timeMs, elapsedMs, middle, height));
    }
  }
  const startedMs = (step.readyMs ?? 0) + step.queuedMs;
  if (startedMs === timeMs) {
    shapes.push(rectangle(fillWith(bad?.tint ?? "provider"), timeMs, timeMs, elapsedMs, middle, 14));
  }
  if (step.onCriticalPath) {
    shapes.push(
      rectangle(`${strokeWith("text")} stroke-width="1.5" rx="2"`, startedMs, timeMs, elapsedMs, middle, outlineHeight),
    );
  }
  if (bad !== undefined) {
    const { to } = span(timeMs, timeMs, elapsedMs);
    shapes.push(textAt(to + 6, top + 16, bad.mark, bad.tint === "failed" ? "failed" : "muted"));
  }
  return shapes.join("");
}

function rectangle(
  look: string,
  beginMs: number,
  endMs: number,
  elapsedMs: number,
  middle: number,
  height: number,
): string {
  const { from, to } = span(beginMs, endMs, elapsedMs);
  return `<rect ${look} x="${from}" y="${middle - height / 2}" width="${Math.round((to - from) * 10) / 10}" height="${height}"/>`;
}

/** Where something begins and ends on the axis, wide enough to be seen and never beyond its end. */
function span(beginMs: number, endMs: number, elapsedMs: number): { readonly from: number; readonly to: number } {
  const from = Math.min(xOf(beginMs, elapsedMs), CHART.chartEnd - narrowest);
  return { from, to: Math.max(from + narrowest, xOf(endMs, elapsedMs)) };
}
