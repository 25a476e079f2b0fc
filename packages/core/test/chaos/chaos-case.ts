import type { Fault, VendorKind } from "../../../fakes/src/index.js";
import type { ErrorCode } from "../../src/errors/error-codes.js";

/**
 * Where it goes wrong: at the submit, at the first look at the job, at the look that brings the result, or when the
 * job is called back.
 */
export type ChaosPhase = "submit" | "poll" | "result" | "cancel";

/** How one step ends that buys one job. */
export interface ChaosEnd {
  /** `completed`, or the code with which the step ends. */
  readonly status: "completed" | ErrorCode;
  /** How often the vendor was asked to begin a job, so far. */
  readonly submits: number;
  /** How many jobs the vendor sold, so far. */
  readonly jobs: number;
  /** The first wait before something is tried again is at least so long. @default 0 */
  readonly waitsMs?: number;
}

/** One fault, and how a run must end that meets it. */
export interface ChaosCase {
  readonly name: string;
  readonly kind: VendorKind;
  /** What its provider takes the vendor for. @default what it is */
  readonly providerKind?: VendorKind;
  readonly phase: ChaosPhase;
  readonly fault: Fault | undefined;
  /** Whether it happens each time until the run has ended, or only the first time. */
  readonly isLasting: boolean;
  /** Time limit of the step. */
  readonly timeoutMs: number;
  readonly end: ChaosEnd;
  /** How the run ends when it is resumed and nothing goes wrong any more; undefined for one that completed. */
  readonly resumed: ChaosEnd | undefined;
}

/** What one run did, as its judge found it. */
export interface ChaosVerdict {
  readonly name: string;
  readonly kind: VendorKind;
  readonly phase: ChaosPhase | "mixed" | "file";
  readonly elapsedMs: number;
  /** How it ended otherwise than it must; a sentence each. */
  readonly wrong: readonly string[];
  readonly paidTwice: number;
  /** What was left behind; a sentence each. */
  readonly leaked: readonly string[];
}
