import type { RunEventType } from "../run/run-events.js";

/** How much is lost with an event that nobody hears of; the least is let go first. */
export type EventWeight = "progress" | "step" | "end";

/** Every type of event, so that a wrong name is told, with what it weighs. */
export const webhookEventTypes: Readonly<Record<RunEventType, EventWeight>> = {
  "pipeline.started": "step",
  "pipeline.resumed": "step",
  "pipeline.completed": "end",
  "pipeline.failed": "end",
  "step.queued": "step",
  "step.started": "step",
  "step.progress": "progress",
  "step.expanded": "step",
  "step.decided": "step",
  "step.waiting": "step",
  "step.answered": "step",
  "step.rejected": "step",
  "step.retried": "step",
  "step.fallback": "step",
  "step.hedged": "step",
  "step.outrun": "step",
  "budget.threshold": "step",
  "budget.overrun": "step",
  "budget.unknown": "step",
  "step.completed": "step",
  "step.failed": "step",
};
