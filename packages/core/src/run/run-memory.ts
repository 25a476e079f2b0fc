import type { JsonValue } from "../json/json-value.js";
import type { Decision } from "../node/composite-node.js";
import type { ExternalAsset } from "../pipeline/external-asset.js";
import type { Submission } from "../provider/provider.js";
import type { JournalEntry, RecordedInput } from "./journal.js";
import type { GivenInput } from "./run-context.js";
import type { RunPrivacy } from "./run-privacy.js";
import type { Spool } from "./spool.js";

/**
 * What a process keeps of a run that its journal does not hold, or not in clear: from its start, for as long as its
 * results are there to be resumed.
 */
export interface RunMemory {
  readonly startedAt: number;
  readonly spool: Spool;
  readonly privacy: RunPrivacy;
  /** The secret under which results of private steps are cached. */
  readonly ownerKey: Uint8Array | undefined;
  /** What the run's pipeline and those inside it were given, by the paths of their scopes. */
  readonly given: Map<string, GivenInput>;
  /** What text steps gave: their text, or their JSON as the schema sees it. */
  readonly values: Map<string, unknown>;
  /** Assets from outside that were read already. */
  readonly loaded: Map<ExternalAsset, Promise<RecordedInput>>;
  /** What nodes decided, by step and name, before private words were taken out for the journal. */
  readonly decided: Map<string, Decision>;
  /** What they were answered, by step; the same. */
  readonly answered: Map<string, JsonValue>;
  /** Operations of jobs that are under way as their providers gave them, by step. */
  readonly operations: Map<string, JsonValue>;
  /** What providers were asked and the journal has no answer of, by step. */
  readonly unrecorded: Map<string, UnrecordedAnswer>;
  /** What the journal could not take, in order. */
  readonly unwritten: JournalEntry[];
}

/** An answer that came, or may still come, after nobody waited for it any more: it may have been paid for. */
export interface UnrecordedAnswer {
  /** The ids of the assets that the provider was given. */
  readonly inputs: string;
  /** Undefined when none came. */
  readonly submission: Promise<Submission | undefined>;
}

export function createRunMemory(facts: Pick<RunMemory, "startedAt" | "spool" | "privacy" | "ownerKey">): RunMemory {
  return {
    ...facts,
    given: new Map(),
    values: new Map(),
    loaded: new Map(),
    decided: new Map(),
    answered: new Map(),
    operations: new Map(),
    unrecorded: new Map(),
    unwritten: [],
  };
}
