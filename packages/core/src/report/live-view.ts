import type { Plan } from "../pipeline/plan.js";
import type { Clock } from "../provider/clock.js";
import type { RunEvent } from "../run/run-events.js";
import { formatDuration } from "./format-duration.js";
import { columnsOf, rowsOf, type TextStream } from "./text-stream.js";

/** A display on a terminal with one line per step, redrawn in place. */
export interface LiveView {
  show(event: RunEvent): void;
  /** Draws the last state and lets the cursor go on below. */
  close(): void;
}

interface Row {
  readonly name: string;
  what: string;
  readonly waitsFor: string;
  state: "waiting" | "running" | "asking" | "done" | "skipped" | "failed";
  fraction: number | undefined;
  note: string;
  startedAt: number;
  endedAt: number;
}

const redrawMs = 100;
const barWidth = 16;
const spinner = ["|", "/", "-", "\\"];

/** What a display does besides. */
interface LiveViewOptions {
  /** It stands still while a step waits, as somebody then types below it. */
  readonly isAsking: boolean;
  /** A line below the steps. */
  readonly notice: (() => string | undefined) | undefined;
}

export function openLiveView(
  plan: Plan,
  stream: TextStream,
  clock: Clock,
  { isAsking, notice }: LiveViewOptions,
): LiveView {
  const rows = new Map(plan.steps.map((planned) => [planned.step.key, toRow(plan, planned.index)]));
  let drawn = 0;
  let turn = 0;
  let takeBack = clock.schedule(tick, 0);

  function draw(): void {
    const columns = columnsOf(stream);
    const below = notice?.();
    const shown = fitting([...rows.values()], rowsOf(stream) - (below === undefined ? 1 : 2));
    const nameWidth = shown.reduce((most, { name }) => Math.max(most, name.length), 0);
    const drawing = shown.map((row) => formatRow(row, nameWidth, clock.now(), turn));
    const lines = [...drawing, ...(below === undefined ? [] : [below])].map((line) => line.slice(0, columns - 1));
    // To the begin of the line, wherever a keystroke was echoed, up to the last drawing's first, and each line anew.
    const up = drawn > 0 ? `\r\u001b[${drawn}A` : "";
    stream.write(up + lines.map((line) => `\u001b[2K${line}\n`).join(""));
    drawn = lines.length;
  }

  function isAsked(): boolean {
    return isAsking && [...rows.values()].some(({ state }) => state === "asking");
  }

  function tick(): void {
    turn += 1;
    if (!isAsked()) draw();
    takeBack = clock.schedule(tick, redrawMs);
  }

  return {
    show(event) {
      if (!("step" in event)) return;
      const wasAsked = isAsked();
      applyEvent(rowOf(rows, event), event, clock.now());
      if (wasAsked || !isAsked()) return;
      draw();
      // What comes next stands below question and answer.
      drawn = 0;
    },
    close() {
      takeBack();
      draw();
    },
  };
}

/** As many rows as the terminal has lines, since what has scrolled away cannot be redrawn: those at work first. */
function fitting(rows: readonly Row[], most: number): readonly Row[] {
  if (rows.length <= most) return rows;
  const order: readonly Row["state"][] = ["running", "asking", "failed", "done", "waiting", "skipped"];
  const chosen = new Set(
    order.flatMap((state) => rows.filter((row) => row.state === state)).slice(0, Math.max(1, most)),
  );
  return rows.filter((row) => chosen.has(row));
}

function toRow(plan: Plan, index: number): Row {
  const planned = plan.steps[index];
  const waitsFor = (planned?.waitsFor ?? []).map((source) => plan.steps[source]?.step.key ?? "");
  return {
    name: planned?.step.key ?? "",
    what: `${planned?.step.provider.name}/${planned?.step.model}`,
    waitsFor: waitsFor.join(", "),
    state: "waiting",
    fraction: undefined,
    note: "",
    startedAt: 0,
    endedAt: 0,
  };
}

type StepEvent = Extract<RunEvent, { step: string }>;

/** Steps inside nodes come while the run goes on; each stands below those that came before it. */
function rowOf(rows: Map<string, Row>, { step, provider, model }: StepEvent): Row {
  const known = rows.get(step);
  if (known !== undefined) return known;
  const what = `${provider}/${model}`;
  const row: Row = {
    name: step,
    what,
    waitsFor: "",
    state: "waiting",
    fraction: undefined,
    note: "",
    startedAt: 0,
    endedAt: 0,
  };
  rows.set(step, row);
  return row;
}

function applyEvent(row: Row, event: StepEvent, now: number): void {
  if (event.type === "step.waiting") {
    row.state = "asking";
  } else if (event.type === "step.answered") {
    row.state = "running";
  } else if (event.type === "step.decided") {
    row.note = `${event.name}: ${JSON.stringify(event.value)}`;
  } else if (event.type === "step.started") {
    row.state = "running";
    row.startedAt = now;
  } else if (event.type === "step.progress" && event.status === "processing") {
    row.fraction = event.fraction ?? row.fraction;
    row.note = event.message ?? row.note;
  } else if (event.type === "step.retried") {
    row.note = `${event.phase} ${event.attempt} of ${event.maxAttempts} failed, again in ${formatDuration(event.delayMs)}`;
  } else if (event.type === "step.fallback") {
    row.what = `${event.provider}/${event.model}`;
    row.note = `instead of ${event.from.provider}/${event.from.model}`;
    row.fraction = undefined;
  } else if (event.type === "step.hedged") {
    row.note = `beside ${event.beside.provider}/${event.beside.model}`;
  } else if (event.type === "step.completed") {
    row.state = "done";
    row.what = `${event.provider}/${event.model}`;
    row.note = event.cache === "hit" ? "from the cache" : "";
    row.endedAt = now;
  } else if (event.type === "step.failed") {
    row.state = event.status === "skipped" ? "skipped" : "failed";
    row.note = event.error;
    row.endedAt = now;
  }
}

function formatRow(row: Row, nameWidth: number, now: number, turn: number): string {
  const name = row.name.padEnd(nameWidth);
  switch (row.state) {
    case "waiting":
      return `  ${name}  ${row.waitsFor === "" ? "ready" : `waits for ${row.waitsFor}`}`;
    case "asking":
      return `? ${name}  waits for an answer`;
    case "skipped":
      return `- ${name}  ${row.note.split("\n")[0]}`;
    case "running":
      return `${spinner[turn % spinner.length]} ${name}  ${formatBar(row)} ${formatDuration(now - row.startedAt).padStart(7)}  ${row.what} ${row.note}`;
    case "done":
      return `✓ ${name}  ${"█".repeat(barWidth)} ${formatDuration(row.endedAt - row.startedAt).padStart(7)}  ${row.what} ${row.note}`.trimEnd();
    case "failed":
      return `✗ ${name}  ${row.note.split("\n")[0]}`;
  }
}

function formatBar({ fraction }: Row): string {
  if (fraction === undefined) return "·".repeat(barWidth);
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * barWidth);
  return "█".repeat(filled) + "·".repeat(barWidth - filled);
}
