import { hashText } from "../json/hash-text.js";
import { escapeMarkup } from "./escape-markup.js";
import { formatTotal } from "./format-cost.js";
import { formatDuration } from "./format-duration.js";
import { htmlTable } from "./html-table.js";
import { pageStyle } from "./page-style.js";
import { reportRows } from "./report-rows.js";
import { groupTable, paretoTable, stepTable, whatIfTable } from "./report-tables.js";
import { reportToSvg } from "./report-to-svg.js";
import type { RunReport } from "./run-report.js";

export interface HtmlOptions {
  /** How many steps the table holds; of more, those of the critical path and the longest. @default 2000 */
  readonly mostRows?: number;
  /** How many of them are drawn. @default 300 */
  readonly mostDrawn?: number;
}

/** Rows of the other tables. */
const mostLines = 50;

/**
 * A run as one page: its chart, the same data as a table, and where time and money went. It needs no script and loads
 * nothing; its own policy (`default-src 'none'`, the style by its hash) forbids both.
 */
export function reportToHtml(report: RunReport, { mostRows = 2_000, mostDrawn = 300 }: HtmlOptions = {}): string {
  const { rows, hidden } = reportRows(report, mostRows);
  const style = pageStyle();
  const title = escapeMarkup(`${report.name}: ${report.status}`);
  const tables = [
    stepTable(rows, hidden),
    whatIfTable(report, mostLines),
    paretoTable(report, mostLines),
    groupTable("Totals by provider", "Provider", report.byProvider, mostLines),
    groupTable("Totals by model", "Model", report.byModel, mostLines),
  ];
  const headings = ["Steps", "What would make it faster", "Where the work is", "Providers", "Models"];
  const sections = tables.map((table, index) =>
    table.rows.length === 0 ? "" : `<section>\n<h2>${headings[index]}</h2>\n${htmlTable(table)}\n</section>\n`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${base64OfHex(hashText(style))}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeMarkup(report.name)}</h1>
${summary(report)}
<figure tabindex="0" role="region" aria-label="Timeline">
${reportToSvg(report, { mostRows: mostDrawn, hasStyle: false, hasTitle: false })}
</figure>
${sections.join("")}</main>
</body>
</html>
`;
}

function summary(report: RunReport): string {
  const { runId, status, elapsedMs, runMs, queuedMs, criticalPath, cost, counts, cacheHits, coldStarts } = report;
  const states = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  const facts = [
    `Run ${runId}, ${status} after ${formatDuration(elapsedMs)}: ${states.length === 0 ? "no steps" : states.join(", ")}.`,
    `${formatDuration(runMs)} of work, ${formatDuration(queuedMs)} in queues; critical path ${formatDuration(criticalPath.lengthMs)}.`,
    `Cache hits: ${cacheHits}. Cold starts: ${coldStarts}.`,
    cost.usd === null
      ? `Cost unknown, known part ${formatTotal({ ...cost, usd: cost.knownUsd })}: ${cost.reasons.slice(0, 5).join("; ")}.`
      : `Cost ${formatTotal(cost)}.`,
  ];
  return facts.map((fact) => `<p>${escapeMarkup(fact)}</p>`).join("\n");
}

/** A hash in the form that a content security policy names it (CSP level 3, section 2.3.1). */
function base64OfHex(hex: string): string {
  return btoa((hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join(""));
}
