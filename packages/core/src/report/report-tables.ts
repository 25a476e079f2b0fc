import { formatTotal } from "./format-cost.js";
import { formatDuration } from "./format-duration.js";
import type { HtmlColumn, HtmlTable } from "./html-table.js";
import type { ReportRow } from "./report-rows.js";
import type { GroupTotal, RunReport } from "./run-report.js";
import { costWords, noteWords, stateWords } from "./step-words.js";

const text = (title: string): HtmlColumn => ({ title });
const number = (title: string): HtmlColumn => ({ title, isNumber: true });

/** The data of the chart. */
export function stepTable(rows: readonly ReportRow[], hidden: number): HtmlTable {
  return {
    caption: hidden === 0 ? "Every step of the run" : `Steps of the run; ${hidden} more are not shown`,
    columns: [
      text("Step"),
      text("Provider and model"),
      text("State"),
      ...["Begin", "Queued", "Waiting", "Submit", "Provider", "Transfer", "Total", "Slack"].map(number),
      number("Cost"),
      text("Notes"),
    ],
    rows: rows.map(stepCells),
  };
}

function stepCells(row: ReportRow): readonly string[] {
  const { step } = row;
  const { queuedMs, waitingMs, submitMs, providerMs, transferMs, totalMs, slackMs } = step;
  const parts = row.isParent ? [queuedMs] : [queuedMs, waitingMs, submitMs, providerMs, transferMs];
  const times = step.readyMs === null ? [] : [step.readyMs, ...parts, ...(row.isParent ? [0, 0, 0, 0] : [])];
  const cells = times.map((time, index) => (index > 0 && time === 0 ? "" : formatDuration(time)));
  const rest = row.hasBegun ? [formatDuration(totalMs), formatDuration(slackMs)] : ["", ""];
  const empty = Array.from({ length: 6 - cells.length }, () => "");
  return [
    step.key,
    `${step.provider}/${step.model}`,
    stateWords(row),
    ...cells,
    ...empty,
    ...rest,
    costWords(row),
    noteWords(row),
  ];
}

/** What would make the run shorter, the most first. */
export function whatIfTable({ whatIf }: RunReport, most: number): HtmlTable {
  const best = [...whatIf].sort((left, right) => right.savedMs - left.savedMs).slice(0, most);
  return {
    caption: "The run's time if one step of the critical path took half as long",
    columns: [text("Step"), number("The run would take"), number("Saved"), number("Without any queue")],
    rows: best.map(({ key, elapsedMs, savedMs, withoutQueueMs }) => [
      key,
      ...[elapsedMs, savedMs, withoutQueueMs].map(formatDuration),
    ]),
  };
}

/** Where the work is. */
export function paretoTable({ paretoSteps }: RunReport, most: number): HtmlTable {
  return {
    caption: "The fewest steps that make 80 % of the work",
    columns: [text("Step"), number("At work"), number("Share")],
    rows: paretoSteps
      .slice(0, most)
      .map(({ key, runMs, share }) => [key, formatDuration(runMs), `${(share * 100).toFixed(1)} %`]),
  };
}

export function groupTable(caption: string, title: string, groups: readonly GroupTotal[], most: number): HtmlTable {
  return {
    caption,
    columns: [
      text(title),
      ...["Steps", "Failed", "Attempts", "Cached", "Cold starts", "Queued", "At work", "Cost"].map(number),
    ],
    rows: groups
      .slice(0, most)
      .map((group) => [
        group.name,
        ...[group.steps, group.failed, group.attempts, group.cached, group.coldStarts].map(String),
        formatDuration(group.queuedMs),
        formatDuration(group.runMs),
        formatTotal(group.cost),
      ]),
  };
}
