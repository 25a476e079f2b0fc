import { cleanText } from "./clean-text.js";
import { formatDuration } from "./format-duration.js";
import type { ReportRow } from "./report-rows.js";
import type { RunReport } from "./run-report.js";
import { markedName, markWords } from "./step-words.js";
import { padText, textWidth } from "./text-width.js";

const widestName = 32;
const narrowestBar = 10;
const signs = { queued: "·", waiting: "░", submit: "▒", provider: "█", transfer: "▓", node: "─" };

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
  return [...lines, scale, `${" ".repeat(nameWidth + 2)}${legendOf(rows)}`].join("\n");
}

/** What the signs mean, those of gates and of states only where there are any. */
function legendOf(rows: readonly ReportRow[]): string {
  const hasGate = rows.some(({ step }) => step.waitingMs > 0);
  const phases = (["queued", "waiting", "submit", "provider", "transfer"] as const)
    .filter((phase) => phase !== "waiting" || hasGate)
    .map((phase) => `${signs[phase]} ${phase}`);
  return [...phases, ...markWords(rows)].join("  ");
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
    { sign: signs.waiting, durationMs: step.waitingMs },
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
