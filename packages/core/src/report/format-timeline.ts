import type { RunResult, StepResult } from "../run/run-result.js";
import { formatDuration } from "./format-duration.js";

export interface TimelineOptions {
  /** Width of the whole picture in characters. @default 80 */
  readonly columns?: number;
}

const narrowestBar = 10;

/** The steps of a run as bars over its time, so that one sees what ran beside what. */
export function formatTimeline(
  result: Pick<RunResult, "steps" | "elapsedMs">,
  { columns = 80 }: TimelineOptions = {},
): string {
  const nameWidth = Math.max(4, ...result.steps.map((step) => step.name.length));
  const barWidth = Math.max(narrowestBar, columns - nameWidth - 12);
  const lines = result.steps.map((step) => formatStep(step, result.elapsedMs, nameWidth, barWidth));
  const total = formatDuration(result.elapsedMs);
  const scale = `${" ".repeat(nameWidth + 2)}0${total.padStart(barWidth - 1)}`;
  return [...lines, scale].join("\n");
}

function formatStep(step: StepResult, elapsedMs: number, nameWidth: number, barWidth: number): string {
  const name = step.name.padEnd(nameWidth);
  if (step.startedMs === undefined || step.endedMs === undefined) return `${name}  ${step.state}`;
  const perCharacter = Math.max(elapsedMs, 1) / barWidth;
  const start = Math.min(barWidth - 1, Math.floor(step.startedMs / perCharacter));
  const end = Math.max(start + 1, Math.min(barWidth, Math.round(step.endedMs / perCharacter)));
  const bar = `${" ".repeat(start)}${(step.state === "succeeded" ? "█" : "░").repeat(end - start)}`.padEnd(barWidth);
  const time = step.state === "succeeded" ? formatDuration(step.endedMs - step.startedMs) : step.state;
  return `${name}  ${bar} ${time}`;
}
