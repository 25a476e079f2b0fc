import { chartStyle, TINTS } from "./chart-theme.js";

/** The style sheet of a report's page, charts included. Always the same text, so that its hash can be told. */
export function pageStyle(): string {
  const { page, text, muted, grid } = TINTS;
  return [
    ":root{color-scheme:light dark}",
    `body{margin:0 auto;max-width:1160px;padding:24px 20px;font:15px/1.5 system-ui,sans-serif;color:${text.light};background:${page.light};overflow-wrap:anywhere}`,
    "h1{font-size:24px;margin:0 0 4px}h2{font-size:18px;margin:32px 0 8px}p{margin:0 0 4px}",
    "figure{margin:16px 0;overflow-x:auto}svg{display:block}",
    ".scroll{overflow-x:auto}",
    "table{border-collapse:collapse;font-size:13px;min-width:100%}",
    `caption{text-align:left;color:${muted.light};padding:0 0 6px}`,
    `th,td{padding:4px 10px;text-align:left;vertical-align:top;font-weight:400;border-bottom:1px solid ${grid.light};overflow-wrap:break-word}`,
    "tbody th{white-space:nowrap}",
    `thead th{color:${muted.light};white-space:nowrap}`,
    "td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}",
    `@media (prefers-color-scheme:dark){body{color:${text.dark};background:${page.dark}}caption,thead th{color:${muted.dark}}th,td{border-color:${grid.dark}}}`,
    chartStyle(),
  ].join("");
}
