import { stat } from "node:fs/promises";
import { parse } from "node:path";
import type { RunResult } from "@genblaze/core";
import type { RestingRun } from "./next-call.js";
import type { Questions } from "./open-questions.js";
import type { ShownChoice } from "./shown-choice.js";

/** Reads what a run left open, with files of what may be chosen; those of a run that has ended are taken away. */
export async function restingRun(
  { waiting, run }: RunResult,
  { questions, answers, files }: Questions,
  opening: unknown,
): Promise<RestingRun> {
  const choices: Record<string, readonly ShownChoice[]> = {};
  for (const step of waiting) {
    const shown = await files.show(step, questions.get(step) ?? {});
    if (shown !== undefined) choices[step] = shown;
  }
  if (waiting.length === 0) await files.remove();
  const hasPrivateSteps = run.steps.some(({ promptVisibility }) => promptVisibility !== "public");
  const free = typeof opening === "string" ? await freePlace(opening) : undefined;
  return { waiting, questions, answers, choices, hasPrivateSteps, opening: free };
}

/** The same name where nothing is yet, else with a number: an opening is never overwritten. */
async function freePlace(path: string): Promise<string> {
  const { dir, name, ext } = parse(path);
  for (let number = 1; ; number++) {
    const place = number === 1 ? path : `${dir === "" ? "" : `${dir}/`}${name}.${number}${ext}`;
    if ((await stat(place).catch(() => undefined)) === undefined) return place;
  }
}
