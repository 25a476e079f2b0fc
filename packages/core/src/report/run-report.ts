import type { Cost } from "../pricing/cost.js";
import type { CostTotal } from "../pricing/total-cost.js";
import type { StepFactState, StepFacts } from "./run-facts.js";

/**
 * One step of a report. `queuedMs + waitingMs + submitMs + providerMs + transferMs` is `totalMs`, but for a node with
 * children.
 */
export interface StepReport {
  readonly key: string;
  readonly parent: string | null;
  readonly kind: StepFacts["kind"];
  readonly provider: string;
  readonly model: string;
  readonly state: StepFactState;
  readonly reason: string | null;
  /** When its inputs were there, in milliseconds since the run began; null for a step that never came so far. */
  readonly readyMs: number | null;
  /** From ready to the start of its submit: it waited for its turn. */
  readonly queuedMs: number;
  /** A gate's time: somebody was asked and had not answered. */
  readonly waitingMs: number;
  /** From the submit to the provider's first answer; 0 for a provider that answers in one call. */
  readonly submitMs: number;
  /** Until the output was there. 0 for a node with children. */
  readonly providerMs: number;
  /** From the output to the end: bytes are moved and judged. */
  readonly transferMs: number;
  /** From ready to the end, or to now. */
  readonly totalMs: number;
  readonly attempts: number;
  readonly cost: Cost;
  readonly cached: boolean;
  readonly coldStart: boolean;
  /** The run would have been shorter if this had taken less time, were there no queues. */
  readonly onCriticalPath: boolean;
  /** How much longer it could have taken without making the run longer, were there no queues. */
  readonly slackMs: number;
}

/** The chain of steps that the run could not be shorter than, each of them waiting for the one before. */
export interface CriticalPath {
  /** In order of time; nodes with children are left out, since their children stand for them. */
  readonly keys: readonly string[];
  /** What the run's steps would have taken without any queue. Never longer than they took. */
  readonly lengthMs: number;
  /** The part of the length in which these steps were at work. */
  readonly workMs: number;
  /** The part in which the run waited for somebody's answer. */
  readonly waitingMs: number;
  /** The rest: time between the end of one and the readiness of the next, such as a pause between two rounds. */
  readonly delayMs: number;
}

/** A step and its part of the time in which all steps were at work. */
export interface TimeShare {
  readonly key: string;
  readonly runMs: number;
  /** 0..1 */
  readonly share: number;
}

/** How long the run would be if one step of the critical path took half its time. */
export interface WhatIf {
  readonly key: string;
  /** The run's time, every step queued as long as it was. */
  readonly elapsedMs: number;
  /** By how much that is shorter than the run was. */
  readonly savedMs: number;
  /** The length of the critical path then: the run's time without any queue. */
  readonly withoutQueueMs: number;
}

/** What the steps of one provider or model took together; the times of steps that ran side by side are added. */
export interface GroupTotal {
  /** The provider, or `provider/model`. */
  readonly name: string;
  readonly steps: number;
  readonly failed: number;
  readonly attempts: number;
  readonly cached: number;
  readonly coldStarts: number;
  readonly queuedMs: number;
  readonly runMs: number;
  readonly cost: CostTotal;
}

export interface NotBegun {
  readonly key: string;
  readonly state: StepFactState;
  readonly reason: string;
}

/**
 * What a run's time and money went into; plain JSON. Sums and counts are over steps and childless nodes: a node with
 * children would count its children twice.
 */
export interface RunReport {
  readonly runId: string;
  readonly name: string;
  readonly status: string;
  readonly elapsedMs: number;
  /** Summed time of all steps in queues. */
  readonly queuedMs: number;
  /** Summed time of all steps at work: what the run would have taken one step after the other. */
  readonly runMs: number;
  readonly steps: readonly StepReport[];
  readonly criticalPath: CriticalPath;
  /** The fewest steps that make 80 % of `runMs`, the longest first. */
  readonly paretoSteps: readonly TimeShare[];
  /** One entry for each step of the critical path but gates, in its order. */
  readonly whatIf: readonly WhatIf[];
  /** The longest first. */
  readonly byProvider: readonly GroupTotal[];
  readonly byModel: readonly GroupTotal[];
  readonly cost: CostTotal;
  readonly counts: Readonly<Record<StepFactState, number>>;
  readonly cacheHits: number;
  readonly coldStarts: number;
  /** Steps and nodes that never began, and why. */
  readonly notBegun: readonly NotBegun[];
}
