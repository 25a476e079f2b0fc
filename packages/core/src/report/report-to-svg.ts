import { chartStyle, fillWith, strokeWith } from "./chart-theme.js";
import { cleanText } from "./clean-text.js";
import { escapeMarkup } from "./escape-markup.js";
import { formatTotal } from "./format-cost.js";
import { formatDuration } from "./format-duration.js";
import { type ReportRow, reportRows } from "./report-rows.js";
import type { RunReport } from "./run-report.js";
import { markWords } from "./step-words.js";
import { CHART, rowTop, textAt, xOf } from "./svg-layout.js";
import { svgLegend } from "./svg-legend.js";
import { svgRow } from "./svg-row.js";
import { fitText } from "./text-width.js";
import { timeTicks } from "./time-ticks.js";

export interface SvgOptions {
  /** How many steps are drawn; of more, those of the critical path and the longest. @default 300 */
  readonly mostRows?: number;
  /** Whether it brings its style sheet for dark pages; a page that has it already leaves it out. @default true */
  readonly hasStyle?: boolean;
  /** Whether the run's name stands above the chart; a page that says it already leaves it out. @default true */
  readonly hasTitle?: boolean;
}

/** The line of the title, which is cut off where it is left out. */
const TITLE_HEIGHT = 30;

/**
 * A run as a Gantt chart: one self-contained SVG without script or anything to load. Steps are bars of queue, submit,
 * provider and transfer, nodes are brackets over their children, the critical path is outlined. It turns dark with the
 * reader's system.
 */
export function reportToSvg(
  report: RunReport,
  { mostRows = 300, hasStyle = true, hasTitle = true }: SvgOptions = {},
): string {
  const { rows, hidden } = reportRows(report, mostRows);
  const bottom = rowTop(rows.length);
  const begin = hasTitle ? 0 : TITLE_HEIGHT;
  const height = bottom + (hidden > 0 ? 74 : 54) - begin;
  const label = `Timeline of ${escapeMarkup(fitText(cleanText(report.name), 60))}: ${rows.length} steps in ${formatDuration(report.elapsedMs)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 ${begin} ${CHART.width} ${height}" width="${CHART.width}" height="${height}" role="img" aria-label="${label}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="12">`,
    `<title>${label}</title>`,
    hasStyle ? `<style>${chartStyle()}</style>` : "",
    `<rect ${fillWith("page")} y="${begin}" width="${CHART.width}" height="${height}" rx="6"/>`,
    hasTitle ? head(report) : "",
    svgLegend(),
    axis(report.elapsedMs, bottom),
    ...rows.map((row, index) => svgRow(row, index, report.elapsedMs)),
    foot(report, rows, bottom),
    hidden > 0 ? textAt(CHART.margin, bottom + 62, `${hidden} more steps are not drawn.`, "muted") : "",
    "</svg>",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function head({ name, status, elapsedMs }: RunReport): string {
  const title = escapeMarkup(fitText(cleanText(name), 60));
  const state = escapeMarkup(fitText(cleanText(status), 20));
  return `<text x="${CHART.margin}" y="28" font-size="16" font-weight="600" ${fillWith("text")}>${title} <tspan font-size="12" font-weight="400" ${fillWith("muted")}>${state} after ${formatDuration(elapsedMs)}</tspan></text>`;
}

const mostTicks = 6;

/** The vertical lines of the time axis with their times, and the titles of the columns beside it. */
function axis(elapsedMs: number, bottom: number): string {
  const top = rowTop(0);
  const lines = timeTicks(elapsedMs, mostTicks).map((timeMs) => {
    const x = xOf(timeMs, elapsedMs);
    return `<path ${strokeWith("grid")} d="M${x} ${top - 4}V${bottom}"/>${textAt(x, top - 9, formatDuration(timeMs), "muted", "middle")}`;
  });
  return [
    ...lines,
    textAt(CHART.margin, top - 9, "step", "muted"),
    textAt(CHART.timeEnd, top - 9, "time", "muted", "end"),
    textAt(CHART.costEnd, top - 9, "cost", "muted", "end"),
  ].join("");
}

function foot({ elapsedMs, criticalPath, cost }: RunReport, rows: readonly ReportRow[], bottom: number): string {
  const y = bottom + 26;
  const marks = markWords(rows);
  const path = `critical path ${formatDuration(criticalPath.lengthMs)}`;
  return [
    `<path ${strokeWith("grid")} d="M${CHART.margin} ${bottom + 6}H${CHART.costEnd}"/>`,
    textAt(CHART.margin, y, "the run", "text"),
    textAt(CHART.chartStart, y, path, "muted"),
    marks.length === 0 ? "" : textAt(CHART.chartStart, y + 16, marks.join("   "), "muted"),
    textAt(CHART.timeEnd, y, formatDuration(elapsedMs), "text", "end"),
    textAt(CHART.costEnd, y, formatTotal(cost), "text", "end"),
  ].join("");
}
