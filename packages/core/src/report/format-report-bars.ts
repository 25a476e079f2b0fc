import { cleanText } from "./clean-text.js";
import { formatDuration } from "./format-duration.js";
import type { ReportRow } from "./report-rows.js";
import type { RunReport } from "./run-report.js";
import { markedName } from "./step-words.js";
import { padText, textWidth } from "./text-width.js";

const widestName = 32;
const narrowestBar = 10;
const signs = { queued: "·", submit: "▒", provider: "█", transfer: "▓", node: "─" };
const legend = `${signs.queued} queued  ${signs.submit} submit  ${signs.provider} provider  ${signs.transfer} transfer`;

/** The rows as bars over the time of the run, with a scale and a legend; nodes are lines over their children. */
export function formatReportBars(report: RunReport, rows: readonly ReportRow[], columns: number): string {
  const begun = rows.filter(({ step, hasBegun }) => hasBegun && step.readyMs !== null);
  if (begun.length === 0) return "";
  const names = begun.map((row) => `${"  ".repeat(Math.min(row.depth, 6))}${cleanText(markedName(row))}`);
  const nameWidth = names.reduce((most, name) => Math.max(most, Math.min(widestName, textWidth(name))), 0);
  const barWidth = Math.max(narrowestBar, columns - nameWidth - 2);
  const lines = begun.map((row, index) =>
    `${padText(names[index] ?? "", nameWidth)}  ${bar(row, report, barWidth)}`.trimEnd(),
  );
  const total = formatDuration(report.elapsedMs);
  const scale = `${" ".repeat(nameWidth + 2)}0${total.padStart(barWidth - 1)}`;
  return [...lines, scale, `${" ".repeat(nameWidth + 2)}${legend}`].join("\n");
}

function bar({ step, isParent }: ReportRow, { elapsedMs }: RunReport, width: number): string {
  const begin = step.readyMs ?? 0;
  const column = (timeMs: number) => Math.round((timeMs / Math.max(elapsedMs, 1)) * width);
  if (isParent) {
    const start = Math.min(column(begin + step.queuedMs), width - 1);
    return " ".repeat(start) + signs.node.repeat(Math.max(1, column(begin + step.totalMs) - start));
  }
  const phases = [
    { sign: signs.queued, durationMs: step.queuedMs },
    { sign: signs.submit, durationMs: step.submitMs },
    { sign: signs.provider, durationMs: step.providerMs },
    { sign: signs.transfer, durationMs: step.transferMs },
  ];
  let text = " ".repeat(Math.min(column(begin), width - 1));
  let timeMs = begin;
  for (const { sign, durationMs } of phases) {
    timeMs += durationMs;
    text += sign.repeat(Math.max(0, column(timeMs) - text.length));
  }
  // Too short for a character of its own: it still was there.
  return text.trim() === "" ? text + signs.provider : text;
}
