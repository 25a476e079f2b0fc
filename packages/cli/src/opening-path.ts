import { mkdir, open, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorFromUnknown, type GenblazeError, type PipelineDefinition, type RunResult } from "@genblaze/core";
import { writeOpening } from "@genblaze/core/proof";
import { usageError } from "./output.js";

/**
 * Checks where the opening of a run will go, before anything is spent: nothing else has the salts, and an opening is
 * never overwritten. `option` is the one that names the place.
 */
export async function assertOpeningPath({ steps }: PipelineDefinition, path: unknown, option: string): Promise<void> {
  if (typeof path === "string") await assertWritable(path, option);
  const step = steps.find(({ promptVisibility }) => promptVisibility === "private");
  if (step === undefined || path !== undefined) return;
  throw usageError(`Step "${step.key}" is private. Say with ${option} FILE where to keep what opens its commitments.`);
}

/** Writes what opens a run's commitments; the error, if any, is given back, as the run's other outputs still count. */
export async function keepOpening(result: RunResult, path: unknown): Promise<GenblazeError | undefined> {
  const opening = result.opening();
  if (opening === undefined) return undefined;
  if (typeof path !== "string")
    return usageError("The run has private values, and no place was named for what opens them.");
  return writeOpening(path, opening).then(
    () => undefined,
    (error: unknown) => errorFromUnknown(error, "The opening"),
  );
}

/** Tried by writing: permissions and full disks tell in no other way. */
async function assertWritable(path: string, option: string): Promise<void> {
  if ((await stat(path).catch(() => undefined)) !== undefined) {
    throw usageError(`${path} is there already, and an opening is never overwritten. Name another file.`);
  }
  try {
    await mkdir(dirname(path), { recursive: true });
    await (await open(path, "wx", 0o600)).close();
    await rm(path);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw usageError(`${option}: nothing can be written to ${path}: ${said}. Name another file.`);
  }
}
