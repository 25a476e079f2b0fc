import { GenblazeError } from "@genblaze/core";
import type { OpenedJournal } from "./journal-of.js";
import { usageError } from "./output.js";
import { showText } from "./show-text.js";

/** Of random ids, so many characters are rarely the same. */
const MIN_BEGINNING = 8;
const MAX_LISTED = 10;

/** The id of a run by itself or by its beginning. RUN_NOT_FOUND; INVALID_OPTION when several begin so. */
export async function findRun({ journal, folder }: OpenedJournal, words: string): Promise<string> {
  const found: string[] = [];
  for await (const { runId } of journal.list()) {
    if (runId === words) return runId;
    if (words.length >= MIN_BEGINNING && runId.startsWith(words)) found.push(runId);
  }
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (found.length > 1) {
    const listed = found
      .toSorted()
      .slice(0, MAX_LISTED)
      .map((id) => showText(id));
    const more = found.length > MAX_LISTED ? ` and ${found.length - MAX_LISTED} more` : "";
    throw usageError(
      `${found.length} runs begin with ${showText(words)}: ${listed.join(", ")}${more}. Give more of the id.`,
    );
  }
  const message = `There is no run ${showText(words)} in ${folder}. \`genblaze runs list --journal ${folder}\` shows which are; the first ${MIN_BEGINNING} characters of an id are enough.`;
  throw new GenblazeError("RUN_NOT_FOUND", message, { details: { runId: words } });
}
