import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type ChildEnd, type ChildLine, type EntryNote, parseChildLine } from "./crash-notes.js";
import type { CrashPoint } from "./crashing-journal.js";

/** How one process is killed: by itself at an append, or so many milliseconds after it has begun its run. */
export type Kill = CrashPoint | { readonly afterMs: number };

export interface ChildrenOptions {
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** For the first process, the second, ...; those after it live. */
  readonly kills: readonly Kill[];
  /** How many processes may be started after the first. @default 20 */
  readonly maxRestarts?: number;
  /** A process that takes longer is killed, and the run counts as one that does not end. @default 60_000 */
  readonly longestMs?: number;
}

/** What the processes of one run printed. */
export interface ChildrenReport {
  /** Undefined when none came to an end. */
  readonly end: ChildEnd | undefined;
  readonly notes: readonly EntryNote[];
  readonly starts: number;
  /** How long the last one was at its run. */
  readonly elapsedMs: number;
  /** What the processes wrote to stderr, its last part. */
  readonly complaint: string;
}

const KEPT_CHARACTERS = 2_000;

/** Starts processes one after the other, killing each as it is told, until one comes to an end. */
export async function runChildren(options: ChildrenOptions): Promise<ChildrenReport> {
  const { kills, maxRestarts = 20 } = options;
  const notes: EntryNote[] = [];
  let last: OneReport = { end: undefined, notes: [], elapsedMs: 0, complaint: "", isStuck: false };
  let starts = 0;
  while (last.end === undefined && !last.isStuck && starts <= maxRestarts) {
    last = await runChild(options, kills[starts]);
    notes.push(...last.notes);
    starts += 1;
  }
  const { end, elapsedMs, complaint } = last;
  return { end, notes, starts, elapsedMs, complaint };
}

interface OneReport extends Omit<ChildrenReport, "starts"> {
  readonly isStuck: boolean;
}

async function runChild({ command, longestMs = 60_000 }: ChildrenOptions, kill: Kill | undefined): Promise<OneReport> {
  const [program, ...given] = command;
  const crashAt = kill !== undefined && "append" in kill ? { GENBLAZE_CRASH_AT: `${kill.append}:${kill.when}` } : {};
  const { GENBLAZE_CRASH_AT: _, ...env } = process.env;
  const child = spawn(program, given, { stdio: ["ignore", "pipe", "pipe"], env: { ...env, ...crashAt } });
  const exited = once(child, "exit");
  // A program that cannot be started has no exit, but an error.
  exited.catch(() => undefined);
  let complaint = "";
  child.stderr.on("data", (piece: Buffer) => {
    complaint = (complaint + piece.toString()).slice(-KEPT_CHARACTERS);
  });
  let isStuck = false;
  const timers = [
    setTimeout(() => {
      isStuck = true;
      child.kill("SIGKILL");
    }, longestMs),
  ];
  const lines: ChildLine[] = [];
  let begunAt = performance.now();
  for await (const text of createInterface(child.stdout)) {
    const line = parseChildLine(text);
    if (line === undefined) continue;
    lines.push(line);
    if (!("begun" in line)) continue;
    begunAt = performance.now();
    if (kill !== undefined && "afterMs" in kill) timers.push(setTimeout(() => child.kill("SIGKILL"), kill.afterMs));
  }
  const elapsedMs = performance.now() - begunAt;
  await exited;
  for (const timer of timers) clearTimeout(timer);
  return {
    end: lines.find((line) => "outputs" in line),
    notes: lines.filter((line) => "note" in line),
    elapsedMs,
    complaint,
    isStuck,
  };
}
