import { GenblazeError } from "@genblaze/core";
import { resume } from "@genblaze/core/journal";
import type { CarryOutParts } from "./carry-out.js";
import type { CommandCall } from "./command.js";
import type { OpenedJournal } from "./journal-of.js";
import { usageError } from "./output.js";
import { parseJson } from "./parse-json.js";

/** What an error of a run says to do, as options of the command line. */
const HINTS: Readonly<Record<string, string>> = {
  RUN_BUSY: "On the command line: press Ctrl-C where it runs.",
  RUN_CHANGED: "On the command line: --on-change continue for another pipeline; without --input it has its own.",
  OPENING_NEEDED: "On the command line: --input JSON.",
};

/** The module of a command that goes on with a run. */
export function moduleForRun({ values }: CommandCall, usage: string): string {
  if (typeof values.module === "string") return values.module;
  throw usageError(`the pipeline of the run is needed: --module FILE#EXPORT, as in \`genblaze ${usage}\`.`);
}

/** What carries a run on that a journal has; `from` does a step of it anew. */
export function goingOn(
  call: CommandCall,
  { runId, from, ...parts }: Omit<CarryOutParts, "start"> & { kept: OpenedJournal; runId: string; from?: string },
): CarryOutParts {
  const { pipeline, kept } = parts;
  const own = { pipeline, from, input: parseJson("input", call.values.input), ...goingOnOptions(call) };
  return {
    ...parts,
    // Only a run that begins is told what it begins with; the journal among the options lets outputs be looked at.
    start: ({ assets: _, metadata: _metadata, parentRunIds: _ids, runId: _id, journal = kept.journal, ...options }) =>
      resume(runId, { ...options, journal, ...own }),
  };
}

/** The options of a resume that say what may differ, and what may be paid twice. */
export function goingOnOptions({ values }: CommandCall) {
  return {
    ...oneOf("on-change", values["on-change"], "continue", (onChange) => ({ onChange })),
    ...oneOf("on-unknown-submit", values["on-unknown-submit"], "resubmit", (onUnknownSubmit) => ({ onUnknownSubmit })),
  };
}

/** Lets an error say what to do in the words of the command line, too. */
export async function withHints<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!GenblazeError.isInstance(error)) throw error;
    const hint = HINTS[error.code];
    if (hint === undefined) throw error;
    const { code, message, details } = error;
    throw new GenblazeError(code, `${message} ${hint}`, { cause: error, details });
  }
}

function oneOf<const Word extends string, Option>(
  option: string,
  value: string | boolean | undefined,
  word: Word,
  toOption: (word: Word) => Option,
): Option | Record<string, never> {
  if (value === undefined) return {};
  if (value === word) return toOption(word);
  throw usageError(`--${option} takes \`${word}\`, or is left out; ${String(value)} was given.`);
}
