import { formatDuration } from "@genblaze/core/report";
import type { RunInJournal } from "./run-in-journal.js";

/** The most that a Date holds, in milliseconds. */
const LONGEST_MS = 8.64e15;

/** A moment as people read it, in UTC: `2026-11-22 09:41:07Z`. */
export function showTime(at: number): string {
  if (Math.abs(at) > LONGEST_MS) return "at no time";
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** How long a run has taken: until now while it is under way, else until its last entry. */
export function durationOf(run: Exclude<RunInJournal, { status: "damaged" }>, now: number): number {
  const { startedAt, changedAt } = run.overview;
  return Math.max(0, (run.status === "running" ? now : changedAt) - startedAt);
}

/** The same in words. */
export function showDuration(run: Exclude<RunInJournal, { status: "damaged" }>, now: number): string {
  return formatDuration(durationOf(run, now));
}

/** Rows as columns, each as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
