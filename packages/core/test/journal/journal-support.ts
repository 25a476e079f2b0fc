import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Journal, JournalEntry } from "../../src/journal/journal.js";
import type { Transition } from "../../src/run/transitions.js";

const made: string[] = [];

/** A place for a journal; it is made when needed. */
export async function newRoot(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "genblaze-journal-"));
  made.push(path);
  return join(path, "made-when-needed", "runs");
}

/** Takes the places of a test file away. */
export async function removeRoots(): Promise<void> {
  await Promise.all(made.splice(0).map((path) => rm(path, { recursive: true, force: true })));
}

/** An entry of a run; its transition says nothing but its place, unless another is given. */
export function entryOf(
  runId: string,
  sequence: number,
  transition: Transition = { state: "ready", step: `step-${sequence}`, mustWait: false },
): JournalEntry {
  return { runId, sequence, at: 1_000 + sequence, transition };
}

/** Writes entries of one run under a claim of their own. */
export async function appendAll(journal: Journal, entries: readonly JournalEntry[]): Promise<void> {
  const claim = await journal.claim(entries[0]?.runId ?? "");
  for (const entry of entries) await journal.append(entry);
  await claim.release();
}

/** All items of a stream. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
