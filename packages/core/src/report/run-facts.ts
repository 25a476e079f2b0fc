import type { Cost } from "../pricing/cost.js";

/** How far a step has come. */
export type StepFactState =
  | "planned"
  | "ready"
  | "running"
  | "waiting"
  | "succeeded"
  | "failed"
  | "skipped"
  | "cancelled";

/**
 * What is known of one step of a run. All times are milliseconds since the run began, and each stays undefined until
 * the step comes so far.
 */
export interface StepFacts {
  /** The full name: `shots[0].frame`. */
  readonly key: string;
  /** Key of the composite that this step is a child of. */
  readonly parent: string | undefined;
  /** A `node` is a composite (map, route, loop, ...): with children, its time and its cost are theirs. */
  readonly kind: "step" | "node";
  readonly provider: string;
  readonly model: string;
  readonly state: StepFactState;
  /** Why it was skipped, which arm was chosen, what it waits for. */
  readonly reason: string | undefined;
  /** Keys of the steps it waits for. Its parent need not be named. */
  readonly waitsFor: readonly string[];
  /** The role or selector of what it takes, by the key of the step that it comes from. @default none is told */
  readonly roles?: Readonly<Record<string, string>>;
  /** Everything it waits for was there; from here on it waits for its turn. */
  readonly readyMs: number | undefined;
  /** The submit began. */
  readonly startedMs: number | undefined;
  /** The provider's first answer: a job that is pending. Undefined for providers that answer in one call. */
  readonly answeredMs: number | undefined;
  /** The output was there; after it, bytes are moved and judged. */
  readonly outputMs: number | undefined;
  readonly endedMs: number | undefined;
  readonly attempts: number;
  /** Of all its attempts. */
  readonly cost: Cost;
  /** The output came out of a cache. */
  readonly cached: boolean;
  /** It was the first request to a model that had to be loaded. */
  readonly coldStart: boolean;
}

/** A run as plain data, finished or still at work: what {@link createReport} reads. */
export interface RunFacts {
  readonly runId: string;
  readonly name: string;
  readonly status: string;
  /** Milliseconds since the run began, until its end or until now. */
  readonly elapsedMs: number;
  readonly steps: readonly StepFacts[];
}
