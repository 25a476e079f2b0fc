import { fillWith, strokeWith } from "./chart-theme.js";
import { CHART, textAt } from "./svg-layout.js";
import { PHASES } from "./svg-row.js";

const y = 46;
const gap = 96;

/** What the colours, the outline and the brackets mean. */
export function svgLegend(): string {
  const phases = PHASES.map(({ tint, height }, index) => {
    const x = CHART.chartStart + index * gap;
    return `<rect ${fillWith(tint)} x="${x}" y="${y + 7 - height / 2}" width="16" height="${height}"/>${textAt(x + 22, y + 11, tint, "muted")}`;
  });
  const critical = CHART.chartStart + PHASES.length * gap;
  const node = critical + 132;
  const failed = node + 70;
  return [
    ...phases,
    `<rect ${strokeWith("text")} stroke-width="1.5" x="${critical}" y="${y - 2}" width="16" height="18" rx="2"/>`,
    textAt(critical + 22, y + 11, "critical path", "muted"),
    `<path ${strokeWith("muted")} stroke-width="1.5" d="M${node} ${y + 12}V${y + 4}H${node + 16}V${y + 12}"/>`,
    textAt(node + 22, y + 11, "node", "muted"),
    `<rect ${fillWith("failed")} x="${failed}" y="${y}" width="16" height="14"/>`,
    textAt(failed + 22, y + 11, "✗ failed", "muted"),
  ].join("");
}
