import { assertNever } from "../internal/assert-never.js";
import type { JsonObject } from "../json/json-value.js";
import type { RunEvent } from "../run/run-events.js";
import { toPythonEvent } from "../run/to-python-event.js";

interface AgentEventBase {
  /** ISO 8601, UTC. */
  readonly timestamp: string;
}

/** An iteration is about to run. */
export interface IterationStartedEvent extends AgentEventBase {
  readonly type: "agent.iteration.started";
  /** From 0. */
  readonly iteration: number;
  /** How many there are at most. */
  readonly total: number;
  /** The feedback on the one before; "" when there is none. */
  readonly message: string;
}

/** An iteration ran and was judged. */
export interface IterationEvaluatedEvent extends AgentEventBase {
  readonly type: "agent.iteration.evaluated";
  readonly iteration: number;
  readonly passed: boolean;
  readonly score: number | undefined;
  readonly feedback: string | undefined;
}

/** The loop has ended, and has a result. */
export interface AgentCompletedEvent extends AgentEventBase {
  readonly type: "agent.completed";
  readonly passed: boolean;
  readonly iterations: number;
  /** Null when a price is unknown. */
  readonly totalCostUsd: number | null;
}

/** What a loop reports beside the events of its runs. */
export type AgentEvent = IterationStartedEvent | IterationEvaluatedEvent | AgentCompletedEvent;

/** An event of a loop or of one of its runs in the closed schema of the Python library, as `toPythonEvent` does it. */
export function toPythonAgentEvent(event: AgentEvent | RunEvent): JsonObject | undefined {
  if (!isAgentEvent(event)) return toPythonEvent(event);
  return { type: event.type, timestamp: toMicroseconds(event.timestamp), ...fieldsOf(event) };
}

function isAgentEvent(event: AgentEvent | RunEvent): event is AgentEvent {
  return event.type.startsWith("agent.");
}

function fieldsOf(event: AgentEvent): JsonObject {
  switch (event.type) {
    case "agent.iteration.started": {
      const { iteration, total, message } = event;
      return { iteration, total, ...(message === "" ? {} : { message }) };
    }
    case "agent.iteration.evaluated": {
      const { iteration, passed, score, feedback } = event;
      const words = feedback === undefined ? {} : { feedback };
      return { iteration, passed, ...(score === undefined ? {} : { score }), ...words };
    }
    case "agent.completed": {
      const { passed, iterations, totalCostUsd } = event;
      return { passed, iterations, ...(totalCostUsd === null ? {} : { total_cost_usd: totalCostUsd }) };
    }
    default:
      return assertNever(event);
  }
}

function toMicroseconds(timestamp: string): string {
  return timestamp.includes(".") ? timestamp : `${timestamp.slice(0, -1)}.000000Z`;
}
