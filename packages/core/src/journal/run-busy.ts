import { GenblazeError } from "../errors/genblaze-error.js";

/** RUN_BUSY; `who` says what is known of the one who has the run. */
export function runBusy(runId: string, who: string): GenblazeError {
  const message = `Run ${runId} is being run already: ${who}. What is run twice at once is paid twice, so await its end, or cancel it there.`;
  return new GenblazeError("RUN_BUSY", message, { details: { runId } });
}
