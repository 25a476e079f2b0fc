import type { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonValue } from "../json/json-value.js";
import type { Logger } from "../provider/logger.js";
import type { AbortSource } from "./abort-source.js";
import type { RunLog } from "./run-log.js";
import type { RunPrivacy } from "./run-privacy.js";
import type { RunState, StepProgress } from "./run-state.js";
import type { Runtime } from "./runtime.js";
import type { Spool } from "./spool.js";

/** What the parts of one run share. */
export interface RunContext {
  readonly state: RunState;
  readonly log: RunLog;
  readonly runtime: Runtime;
  readonly spool: Spool;
  readonly logger: Logger;
  /** Aborted when the caller cancels or the run's time is up; the reason is a GenblazeError. */
  readonly abort: AbortSource;
  readonly privacy: RunPrivacy;
  /** The checked input of the run. */
  readonly input: unknown;
  /** What text steps gave: their text, or their JSON as the schema sees it. */
  readonly values: Map<string, unknown>;
  /** Operations of jobs that are under way, for cancelling them. */
  readonly operations: Map<StepProgress, JsonValue>;
  /** The errors of failed and cancelled steps with their causes, which the journal does not hold. */
  readonly errors: Map<string, GenblazeError>;
}
