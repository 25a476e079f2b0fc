import { countOf } from "../internal/count-of.js";
import type { RunEvent } from "../run/run-events.js";
import { formatDuration } from "./format-duration.js";

/** An event as a line of a log, or undefined for one that a log need not hold. */
export function plainLine(event: RunEvent): string | undefined {
  switch (event.type) {
    case "pipeline.started":
      return `${event.pipeline}: ${countOf(event.totalSteps, "step")}`;
    case "step.started":
      return `  ${event.step}: started (${event.provider}/${event.model})`;
    case "step.progress":
      return event.status === "processing" && event.message !== undefined
        ? `  ${event.step}: ${event.message}`
        : undefined;
    case "step.completed":
      return `  ${event.step}: done after ${formatDuration(event.elapsedMs)}${event.cache === "hit" ? ", from the cache" : ""}`;
    case "step.decided":
      return `  ${event.step}: ${event.name}: ${JSON.stringify(event.value)} (${event.reason})`;
    case "step.rejected":
      return `  ${event.step}: answer ${event.attempt} rejected by ${event.by}: ${event.reason}`;
    case "step.waiting":
      return `  ${event.step}: waits for an answer: ${JSON.stringify(event.question)}`;
    case "pipeline.resumed":
      return `${event.pipeline}: goes on`;
    case "step.failed":
      return `  ${event.step}: ${event.status}: ${event.error}`;
    case "pipeline.completed":
    case "pipeline.failed":
      return `${event.status}: ${event.manifestHash}`;
    default:
      return undefined;
  }
}
