import { errorFromUnknown, type GenblazeError, type RunResult, type SavedMedia } from "@genblaze/core";
import { type CommandCall, signalOf } from "./command.js";

/** Saves the last output. A target that cannot be written must not hide what the run gave. */
export async function trySave(result: RunResult, path: string, call: CommandCall): Promise<SavedMedia | GenblazeError> {
  return result.save(path, signalOf(call)).catch((error: unknown) => errorFromUnknown(error, "--save"));
}
