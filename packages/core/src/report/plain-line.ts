import type { BudgetScope } from "../budget/budget-types.js";
import { countOf } from "../internal/count-of.js";
import type { RunEvent } from "../run/run-events.js";
import { formatDuration } from "./format-duration.js";

const scopes: Readonly<Record<BudgetScope, string>> = {
  run: "run",
  tenant: "tenant",
  tenantDay: "tenant's day",
  day: "day",
  total: "process",
};

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
    case "step.retried":
      return `  ${event.step}: ${event.phase} ${event.attempt} of ${event.maxAttempts} failed, again in ${formatDuration(event.delayMs)}: ${event.error}`;
    case "step.fallback":
      return `  ${event.step}: goes on with ${event.provider}/${event.model}, since ${event.from.provider}/${event.from.model} ${event.isPassedOver ? "is passed over" : "failed"}: ${event.error}`;
    case "step.hedged":
      return `  ${event.step}: is slow; ${event.beside.provider}/${event.beside.model} is asked too`;
    case "step.outrun":
      return `  ${event.step}: ${event.loser.provider}/${event.loser.model} was slower${event.isCancelled ? " and was called back" : ""}`;
    case "budget.threshold":
      return `budget of the ${scopes[event.scope]}: ${event.spentUsd} of ${event.capUsd} USD are spent`;
    case "budget.overrun":
      return `${event.what} cost ${event.spentUsd} USD, ${event.overrunUsd} more than was kept back for it`;
    case "budget.unknown":
      return `what ${event.what} cost is not known; ${event.spentUsd} USD count as spent`;
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
