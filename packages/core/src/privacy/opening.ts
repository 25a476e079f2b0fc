import type { CommittedValue } from "./commitment.js";

/** Says what the file is. */
export const OPENING_FORMAT = "genblaze-opening-v1";

/** A private value of a run with its salt. */
export interface OpenedValue extends CommittedValue {
  /** Position of its step from 0; null for a value of the run. */
  readonly step: number | null;
}

/** What opens the commitments of one manifest: for the owner, and for whom the owner shows it to. */
export interface Opening {
  readonly format: typeof OPENING_FORMAT;
  readonly runId: string;
  readonly values: readonly OpenedValue[];
}

/** An opening of these values. */
export function createOpening(runId: string, values: readonly OpenedValue[]): Opening {
  return { format: OPENING_FORMAT, runId, values };
}
