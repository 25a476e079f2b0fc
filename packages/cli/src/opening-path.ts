import { stat } from "node:fs/promises";
import type { PipelineDefinition } from "@genblaze/core";
import { usageError } from "./output.js";

/**
 * Checks where the opening of a run will go, before anything is spent: nothing else has the salts, and an opening is
 * never overwritten. `option` is the one that names the place.
 */
export async function assertOpeningPath({ steps }: PipelineDefinition, path: unknown, option: string): Promise<void> {
  if (typeof path === "string" && (await stat(path).catch(() => undefined)) !== undefined) {
    throw usageError(`${path} is there already, and an opening is never overwritten. Name another file.`);
  }
  const step = steps.find(({ promptVisibility }) => promptVisibility === "private");
  if (step === undefined || path !== undefined) return;
  throw usageError(`Step "${step.key}" is private. Say with ${option} FILE where to keep what opens its commitments.`);
}
