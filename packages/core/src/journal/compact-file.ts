import { type FileHandle, open, rename } from "node:fs/promises";
import { syncFolder } from "../internal/durable-folder.js";
import { writeClaim, writeEntry, writeHeader } from "./journal-lines.js";
import { createLargeEntries } from "./large-entries.js";
import { linesOfEntries } from "./read-journal.js";
import { FILE_MODE, type RunFolder } from "./run-folder.js";
import type { JournalScan } from "./scan-journal.js";

/** Written at once. */
const PART_CHARACTERS = 262_144;

/**
 * Writes the file of a locked run anew, in the current version and with nothing but the entries that count, in their
 * order, and the highest token. It takes the place of the old one when it is whole and on disk.
 */
export async function compactFile(handle: FileHandle, scan: JournalScan, run: RunFolder): Promise<void> {
  const large = new Set<string>();
  const compacted = await open(run.compacted, "w", FILE_MODE);
  try {
    let lines = writeHeader(run.runId);
    for await (const { token, content, ...place } of linesOfEntries(handle, scan, run)) {
      if (content.kind === "blob") large.add(content.sha256);
      lines += writeEntry(token, place, content);
      if (lines.length < PART_CHARACTERS) continue;
      await compacted.appendFile(lines);
      lines = "";
    }
    // Behind the entries, which have lower ones.
    await compacted.appendFile(lines + writeClaim(scan.highestToken));
    await compacted.datasync();
  } finally {
    await compacted.close();
  }
  await rename(run.compacted, run.journal);
  await syncFolder(run.path);
  await createLargeEntries(run).keepOnly(large);
}
