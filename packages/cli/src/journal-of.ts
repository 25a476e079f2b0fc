import { type FolderJournal, folderJournal } from "@genblaze/core/journal";
import type { CommandCall } from "./command.js";

/** Where runs are looked for when nobody says where, in the working directory. */
const DEFAULT_FOLDER = ".genblaze/runs";

/** A journal and the folder that it is in, as it was named. */
export interface OpenedJournal {
  readonly folder: string;
  readonly journal: FolderJournal;
}

/** The journal that a command on runs works on: `--journal`, else `GENBLAZE_JOURNAL`, else the usual place. */
export function journalOf(call: CommandCall): OpenedJournal {
  return opened(folderOf(call) ?? DEFAULT_FOLDER);
}

/** The journal that a new run is written into; undefined when none was named. */
export function journalForRun(call: CommandCall): OpenedJournal | undefined {
  const folder = folderOf(call);
  return folder === undefined ? undefined : opened(folder);
}

function folderOf({ values, terminal }: CommandCall): string | undefined {
  if (typeof values.journal === "string") return values.journal;
  const named = terminal.environment?.GENBLAZE_JOURNAL;
  return named === "" ? undefined : named;
}

function opened(folder: string): OpenedJournal {
  return { folder, journal: folderJournal(folder) };
}
