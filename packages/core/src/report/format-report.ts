import { cleanText } from "./clean-text.js";
import { formatTotal } from "./format-cost.js";
import { formatDuration } from "./format-duration.js";
import { formatReportBars } from "./format-report-bars.js";
import { type ReportRow, reportRows } from "./report-rows.js";
import type { RunReport } from "./run-report.js";
import { costWords, markedName, noteWords, stateWords } from "./step-words.js";
import { fitText, padText, textWidth } from "./text-width.js";

export interface FormatReportOptions {
  /** Width in characters; the names are cut to what the numbers leave. @default 100 */
  readonly columns?: number;
  /** How many steps are shown; of more, those of the critical path and the longest. @default 200 */
  readonly mostRows?: number;
}

interface Column {
  readonly title: string;
  readonly cell: (row: ReportRow) => string;
}

const time = (pick: (row: ReportRow) => number) => (row: ReportRow) => {
  const value = pick(row);
  return row.step.readyMs === null || value === 0 ? "" : formatDuration(value);
};

const numberColumns: readonly Column[] = [
  { title: "queued", cell: time(({ step }) => step.queuedMs) },
  { title: "waiting", cell: time(({ step }) => step.waitingMs) },
  { title: "submit", cell: time(({ step }) => step.submitMs) },
  { title: "provider", cell: time(({ step }) => step.providerMs) },
  { title: "transfer", cell: time(({ step }) => step.transferMs) },
  { title: "total", cell: time(({ step }) => step.totalMs) },
  { title: "cost", cell: costWords },
];

const narrowestName = 12;
const widestName = 40;

/** A report for a terminal or a log: a table of the steps, their bars over the time of the run, and what to speed up. */
export function formatReport(report: RunReport, { columns = 100, mostRows = 200 }: FormatReportOptions = {}): string {
  const { rows, hidden } = reportRows(report, mostRows);
  const parts = [
    headline(report),
    table(rows, columns),
    ...(hidden > 0 ? [`${hidden} more steps are not shown.`] : []),
    formatReportBars(report, rows, columns),
    advice(report),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function headline({ name, runId, status, elapsedMs, runMs, queuedMs, cost }: RunReport): string {
  const queue = queuedMs > 0 ? `, ${formatDuration(queuedMs)} in queues` : "";
  const unknown = cost.usd === null ? `\nUnknown cost: ${cost.reasons.slice(0, 3).map(cleanText).join("; ")}` : "";
  return `${cleanText(name)} (${cleanText(runId)}): ${cleanText(status)} after ${formatDuration(elapsedMs)}, ${formatDuration(runMs)} of work${queue}, ${formatTotal(cost)}${unknown}`;
}

function table(rows: readonly ReportRow[], columns: number): string {
  const hasGate = rows.some(({ step }) => step.waitingMs > 0);
  const shown = numberColumns.filter(({ title }) => title !== "waiting" || hasGate);
  const cells = rows.map((row) => shown.map((column) => column.cell(row)));
  const widths = shown.map(({ title }, index) =>
    cells.reduce((most, line) => Math.max(most, (line[index] ?? "").length), title.length),
  );
  const taken = widths.reduce((sum, width) => sum + width + 2, 0);
  const names = rows.map((row) => `${"  ".repeat(Math.min(row.depth, 6))}${cleanText(markedName(row))}`);
  const longest = names.reduce((most, name) => Math.max(most, textWidth(name)), 4);
  const nameWidth = Math.min(longest, Math.max(narrowestName, Math.min(widestName, columns - taken)));
  const line = (name: string, values: readonly string[], note: string) => {
    const numbers = values.map((value, index) => `  ${value.padStart(widths[index] ?? 0)}`).join("");
    return `${padText(name, nameWidth)}${numbers}  ${note}`.trimEnd();
  };
  const head = line(
    "step",
    shown.map(({ title }) => title),
    "",
  );
  return [head, ...rows.map((row, index) => line(names[index] ?? "", cells[index] ?? [], noteOf(row)))].join("\n");
}

function noteOf(row: ReportRow): string {
  return row.hasBegun && row.step.state === "succeeded"
    ? noteWords(row)
    : cleanText([stateWords(row), noteWords(row)].filter((words) => words !== "").join(", "));
}

const mostNamed = 5;
const mostAdvice = 3;

function advice({ criticalPath, whatIf, paretoSteps }: RunReport): string {
  if (criticalPath.keys.length === 0) return "";
  const { keys, lengthMs, waitingMs, delayMs } = criticalPath;
  const others = [
    ...(waitingMs > 0 ? [`${formatDuration(waitingMs)} of it waiting for an answer`] : []),
    ...(delayMs > 0 ? [`${formatDuration(delayMs)} of it between steps`] : []),
  ];
  const between = others.length === 0 ? "" : ` (${others.join(", ")})`;
  const shares = paretoSteps.map(({ key, share }) => `${nameOf(key)} ${Math.round(share * 100)} %`);
  const best = [...whatIf].sort((left, right) => right.savedMs - left.savedMs).filter(({ savedMs }) => savedMs > 0);
  const wishes = best
    .slice(0, mostAdvice)
    .map(
      ({ key, elapsedMs, savedMs }) =>
        `If ${nameOf(key)} took half as long, the run would take ${formatDuration(elapsedMs)} (${formatDuration(savedMs)} less).`,
    );
  const path = `Critical path: ${formatDuration(lengthMs)}${between}: ${firstOf(keys.map(nameOf), " > ")}`;
  return [path, ...(shares.length === 0 ? [] : [`80 % of the work: ${firstOf(shares, ", ")}`]), ...wishes].join("\n");
}

function firstOf(names: readonly string[], separator: string): string {
  const shown = names.slice(0, mostNamed).join(separator);
  return names.length > mostNamed ? `${shown}${separator}... (${names.length} steps)` : shown;
}

function nameOf(key: string): string {
  return fitText(cleanText(key), widestName);
}
