import type { JournalEntry } from "../journal/journal.js";
import type { JsonValue } from "../json/json-value.js";
import type { Decision } from "../node/composite-node.js";
import type { ExternalAsset } from "../pipeline/external-asset.js";
import type { StepRequest, Submission } from "../provider/provider.js";
import type { GivenInput } from "./run-context.js";
import type { RunPrivacy } from "./run-privacy.js";
import type { Spool } from "./spool.js";
import type { RecordedInput } from "./transitions.js";

/**
 * What a process keeps of a run that its journal does not hold, or not in clear: from its start, for as long as its
 * results are there to be resumed.
 */
export interface RunMemory {
  readonly startedAt: number;
  readonly spool: Spool;
  readonly privacy: RunPrivacy;
  /** What the salts of the run's commitments are made of: the owner's key, or one that is kept with the run. */
  readonly saltKey: Uint8Array | undefined;
  /** The secret under which results of private steps are cached. */
  readonly ownerKey: Uint8Array | undefined;
  /** What the run's pipeline and those inside it were given, by the paths of their scopes. */
  readonly given: Map<string, GivenInput>;
  /** What text steps gave: their text, or their JSON as the schema sees it. */
  readonly values: Map<string, unknown>;
  /** Assets from outside that were read. */
  readonly loaded: Map<ExternalAsset, RecordedInput>;
  /** What providers were asked for, in clear, by idempotency key. */
  readonly asked: Map<string, StepRequest>;
  /** What nodes decided, by step and name, before private words were taken out for the journal. */
  readonly decided: Map<string, Decision>;
  /** What they were answered, by step, in clear too. */
  readonly answered: Map<string, JsonValue>;
  /** Operations of jobs that are under way as their providers gave them, by idempotency key. */
  readonly operations: Map<string, JsonValue>;
  /**
   * What providers answered, or may still answer, after nobody waited for it any more: it may be paid for, and the
   * journal does not have it. By idempotency key.
   */
  readonly unrecorded: Map<string, Promise<LateAnswer>>;
  /** What the journal could not take, in order. */
  readonly unwritten: JournalEntry[];
  /** How far this process has written the journal; what is behind that another one wrote. */
  readonly written: { last: number };
}

/** An answer that nobody waited for; `over` when there surely is no job any more, `unknown` when no answer came. */
export type LateAnswer = Submission | { readonly status: "over" | "unknown" };

export function createRunMemory(
  facts: Pick<RunMemory, "startedAt" | "spool" | "privacy" | "ownerKey" | "saltKey">,
): RunMemory {
  return {
    ...facts,
    given: new Map(),
    values: new Map(),
    loaded: new Map(),
    asked: new Map(),
    decided: new Map(),
    answered: new Map(),
    operations: new Map(),
    unrecorded: new Map(),
    unwritten: [],
    written: { last: -1 },
  };
}
