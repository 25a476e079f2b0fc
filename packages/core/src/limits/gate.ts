import { GenblazeError } from "../errors/genblaze-error.js";
import type { Clock } from "../provider/clock.js";
import { type AbortListeners, createAbortListeners } from "./abort-listeners.js";
import { type Alarm, createAlarm } from "./alarm.js";
import { type Allowance, freeAt, giveBack, occupy, take } from "./allowance.js";
import { createFairQueue, type FairQueue } from "./fair-queue.js";
import { createRunTurns, type RunTurns } from "./run-turns.js";

/** The right to make one call. */
export interface Permit {
  /** Gives the place back; a second time nothing happens. What was taken of the rate stays taken. */
  readonly release: () => void;
}

/** Who asks for a {@link Permit}. */
export interface PermitRequest {
  /** The run that it is for; runs are served in turn. */
  readonly run: string;
  /** Ends the wait: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A limit of its own inside a {@link Gate}, and those who wait for it. */
export interface Lane {
  readonly allowance: Allowance;
  readonly queue: FairQueue<Waiter>;
}

interface Waiter {
  readonly run: string;
  readonly give: (permit: Permit) => void;
}

/** A limit that lanes share, each of which may have one of its own: a call begins when both let it. */
export interface Gate {
  readonly clock: Clock;
  /** For messages. */
  readonly name: string;
  readonly maxWaiting: number;
  readonly allowance: Allowance;
  readonly lanes: Lane[];
  readonly turns: RunTurns;
  readonly aborts: AbortListeners;
  readonly alarm: Alarm;
}

/** What {@link createGate} takes. */
export type GateOptions = Pick<Gate, "clock" | "name" | "maxWaiting" | "allowance">;

/** A gate without lanes. */
export function createGate(options: GateOptions): Gate {
  const gate: Gate = {
    ...options,
    lanes: [],
    turns: createRunTurns(),
    aborts: createAbortListeners(),
    alarm: createAlarm(options.clock, () => serve(gate)),
  };
  return gate;
}

/** A lane more, with this limit of its own. */
export function addLane(gate: Gate, allowance: Allowance): Lane {
  const lane: Lane = { allowance, queue: createFairQueue() };
  gate.lanes.push(lane);
  return lane;
}

/** A permit as soon as gate and lane have one, and it is this run's turn; RATE_LIMITED when too many wait. */
export function enter(gate: Gate, lane: Lane, { run, signal }: PermitRequest): Promise<Permit> {
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  const now = gate.clock.now();
  if (gate.turns.waiting === 0 && freeAt(gate.allowance) <= now && freeAt(lane.allowance) <= now) {
    return Promise.resolve(takePermit(gate, lane, now));
  }
  if (gate.turns.waiting >= gate.maxWaiting) return Promise.reject(queueFull(gate));
  return new Promise((resolve, reject) => {
    const takeBack = lane.queue.push(run, {
      run,
      give(permit) {
        forget();
        resolve(permit);
      },
    });
    gate.turns.join(run);
    const onAbort = (reason: unknown) => {
      forget();
      if (!takeBack()) return;
      gate.turns.leave(run);
      if (gate.turns.waiting === 0) gate.alarm.clear();
      reject(reason);
    };
    const forget = signal === undefined ? () => undefined : gate.aborts.on(signal, onAbort);
    serve(gate);
  });
}

/** Lets in whoever may come in now, and sets the alarm for the next one. */
function serve(gate: Gate): void {
  const now = gate.clock.now();
  let next = nextLane(gate, now);
  while (typeof next === "object") {
    const waiter = next.queue.shift();
    if (waiter !== undefined) {
      gate.turns.serve(waiter.run);
      waiter.give(takePermit(gate, next, now));
    }
    next = nextLane(gate, now);
  }
  if (gate.turns.waiting === 0 || next === Number.POSITIVE_INFINITY) gate.alarm.clear();
  else gate.alarm.set(next);
}

/** Of the lanes that may go on, the one whose next run waits longest for its turn; or when one may. */
function nextLane({ allowance, lanes, turns }: Gate, now: number): Lane | number {
  const gateAt = freeAt(allowance);
  if (gateAt > now) return gateAt;
  let best: Lane | undefined;
  let bestTurn = Number.POSITIVE_INFINITY;
  let earliest = Number.POSITIVE_INFINITY;
  for (const lane of lanes) {
    const waiter = lane.queue.first();
    if (waiter === undefined) continue;
    const laneAt = freeAt(lane.allowance);
    const turn = turns.lastOf(waiter.run);
    if (laneAt > now) earliest = Math.min(earliest, laneAt);
    else if (turn < bestTurn) [best, bestTurn] = [lane, turn];
  }
  return best ?? earliest;
}

/** The place of one that is under way already, over the limit where that is full. */
export function occupyPlace(gate: Gate, lane: Lane): Permit {
  occupy(gate.allowance);
  occupy(lane.allowance);
  return permitOf(gate, lane);
}

function takePermit(gate: Gate, lane: Lane, now: number): Permit {
  take(gate.allowance, now);
  take(lane.allowance, now);
  return permitOf(gate, lane);
}

function permitOf(gate: Gate, lane: Lane): Permit {
  let isOver = false;
  return {
    release() {
      if (isOver) return;
      isOver = true;
      giveBack(gate.allowance);
      giveBack(lane.allowance);
      if (gate.turns.waiting > 0) serve(gate);
    },
  };
}

function queueFull({ name, maxWaiting }: Gate): GenblazeError {
  const message = `${name}: ${maxWaiting} calls wait for a place already, so the queue is full. Begin fewer runs at the same time, or raise maxWaiting.`;
  return new GenblazeError("RATE_LIMITED", message);
}
