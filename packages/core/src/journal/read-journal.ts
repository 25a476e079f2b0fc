import { type FileHandle, open } from "node:fs/promises";
import { systemErrorCode } from "../internal/system-error-code.js";
import type { JournalEntry } from "./journal.js";
import { type JournalLine, readLine } from "./journal-lines.js";
import { damagedLine, failing } from "./journal-problem.js";
import { createLargeEntries } from "./large-entries.js";
import type { RunFolder } from "./run-folder.js";
import { type JournalScan, type LinePlace, scanJournal } from "./scan-journal.js";

/** Read at once; lines that follow each other share one. */
const WINDOW_BYTES = 262_144;

/** An entry as its line says it, with the token of its writer. */
export type EntryLine = Extract<JournalLine, { kind: "entry" }>;

/** The entries of a run in the order of their `sequence`; none when there is no file. JOURNAL_FAILED. */
export async function* readJournal(run: RunFolder): AsyncGenerator<JournalEntry, void> {
  const handle = await openIfThere(run);
  if (handle === undefined) return;
  const { read } = createLargeEntries(run);
  try {
    // All of it is looked at before anything is given out: whoever reads gets the whole, or nothing and why.
    const scan = await scanJournal(handle, run);
    for await (const { line, content, sequence, at } of linesOfEntries(handle, scan, run)) {
      const transition = content.kind === "inline" ? content.transition : await read(content, line);
      yield { runId: run.runId, sequence, at, transition };
    }
  } catch (error) {
    failing(run.runId, "read")(error);
  } finally {
    await handle.close();
  }
}

/** Opens the file of a journal for reading; undefined when there is none. JOURNAL_FAILED. */
export async function openIfThere(run: Pick<RunFolder, "runId" | "journal">): Promise<FileHandle | undefined> {
  try {
    return await open(run.journal, "r");
  } catch (error) {
    const code = systemErrorCode(error);
    return code === "ENOENT" || code === "ENOTDIR" ? undefined : failing(run.runId, "opened")(error);
  }
}

/** The lines of the entries that a scan found. */
export async function* linesOfEntries(
  handle: FileHandle,
  { places, version }: JournalScan,
  run: RunFolder,
): AsyncGenerator<EntryLine & { readonly line: number }, void> {
  const bytesAt = createWindow(handle);
  for (const place of places) {
    const { line } = place;
    const entry = readLine(await bytesAt(place), version);
    if (typeof entry === "string" || entry.kind !== "entry")
      throw damagedLine(run, line, "it changed while it was read");
    yield { ...entry, line };
  }
}

function createWindow(handle: FileHandle): (place: LinePlace) => Promise<Uint8Array> {
  const window = new Uint8Array(WINDOW_BYTES);
  let from = 0;
  let until = 0;

  async function fill(offset: number): Promise<void> {
    from = offset;
    until = offset;
    while (until - from < WINDOW_BYTES) {
      const { bytesRead } = await handle.read(window, until - from, WINDOW_BYTES - (until - from), until);
      if (bytesRead === 0) return;
      until += bytesRead;
    }
  }

  return async ({ offset, sizeBytes }) => {
    if (offset < from || offset + sizeBytes > until) await fill(offset);
    return window.subarray(offset - from, offset - from + sizeBytes);
  };
}
