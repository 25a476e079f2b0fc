import { z } from "zod";
import type { JournalEntry } from "../../src/journal/journal.js";

/** What the judge must know of a journal entry. */
const entryNote = z.strictObject({
  /** `asked`: the journal was asked to keep it, and may have; `kept`: it said that it has. */
  note: z.enum(["asked", "kept"]),
  state: z.string(),
  step: z.string().optional(),
  /** Why a step failed. */
  code: z.string().optional(),
  /** SHA-256 of the assets of an output. */
  sha256s: z.array(z.string()).optional(),
});

const ended = {
  /** SHA-256 of every asset in the result. */
  outputs: z.array(z.string()),
  /** How many entries this process had its journal keep. */
  appends: z.int(),
};

const line = z.union([
  z.strictObject({ begun: z.literal(true) }),
  entryNote,
  /** The hash of the manifest of a run that completed. */
  z.strictObject({ done: z.string(), ...ended }),
  /** The code of the run's error and the step that failed first, where one did. */
  z.strictObject({ stopped: z.string(), step: z.string(), ...ended }),
]);

export type EntryNote = z.infer<typeof entryNote>;
/** A line that the child prints. */
export type ChildLine = z.infer<typeof line>;
/** The last line of a child that came to an end. */
export type ChildEnd = Extract<ChildLine, { outputs: string[] }>;

/** Reads a line of a child; undefined for anything else, like half of one that was killed amid printing. */
export function parseChildLine(text: string): ChildLine | undefined {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** What is noted of an entry. */
export function noteOf(note: EntryNote["note"], { transition }: JournalEntry): EntryNote {
  const step = "step" in transition ? { step: transition.step } : {};
  const code = transition.state === "failed" ? { code: transition.error.code } : {};
  const assets = transition.state === "output" ? transition.output.assets : [];
  const hashes = assets.flatMap(({ sha256 }) => (sha256 === null ? [] : [sha256]));
  const sha256s = transition.state === "output" ? { sha256s: hashes } : {};
  return { note, state: transition.state, ...step, ...code, ...sha256s };
}
