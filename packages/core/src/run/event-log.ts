import { EventEmitter } from "eventemitter3";
import type { Logger } from "../provider/logger.js";
import type { AbortSource } from "./abort-source.js";
import { createEventListeners, type RunEventListener } from "./event-listeners.js";
import { createEventTail, KEPT_EVENTS } from "./event-tail.js";
import { leavable } from "./leavable.js";
import { type EventsBefore, type LogSource, type ReaderPlace, readLog } from "./read-log.js";
import type { RunEvent, RunEventType } from "./run-events.js";
import type { ReadRule } from "./stream-options.js";

/** What a turn of a run reports: read by any number of readers, or listened to as it comes. */
export interface EventLog extends AsyncIterable<RunEvent> {
  /** Says what was before; readers wait for it. */
  begin(before: EventsBefore): void;
  /** Adds the events that `make` gives; it is called when somebody wants to know, in order, and once. */
  publish(make: () => readonly RunEvent[]): void;
  /** Resolves when no reader that the run waits for is too far behind; undefined when none is. */
  room(): Promise<void> | undefined;
  /** No event comes after this; readers end. */
  close(): void;
  /** Calls back for each event of a type from now on, or for all with `"*"`; the returned function stops that. */
  on<Type extends RunEventType>(type: Type | "*", listener: RunEventListener<Type>): () => void;
  /** The events for one more reader. */
  read(rule: ReadRule): AsyncIterableIterator<RunEvent, void>;
}

/** Of readers that say nothing: what is in memory is theirs. */
const wholeTail: ReadRule = { after: undefined, size: Number.POSITIVE_INFINITY, overflow: "drop-progress" };

/**
 * An event log that keeps the last events in memory. A listener that throws is reported to the logger and does not
 * disturb the run. A run that was aborted waits for no reader.
 */
export function createEventLog(logger: Logger, abort?: AbortSource): EventLog {
  const tail = createEventTail();
  const unmade: (() => readonly RunEvent[])[] = [];
  const listeners = createEventListeners(logger);
  const bells = new EventEmitter<Bell>();
  const awaited = new Map<ReaderPlace, number>();
  let before: EventsBefore | undefined;
  let isClosed = false;
  abort?.onAbort(() => bells.emit("room"));

  // Runs without a listener or reader do not pay for their events.
  function makeAll(): readonly RunEvent[] {
    const made = unmade.splice(0).flatMap((make) => make());
    // One by one: a call takes fewer arguments than a long run has events.
    for (const event of made) tail.add(event);
    return made;
  }

  function isFull(): boolean {
    if (isClosed || abort?.signal.aborted === true) return false;
    return [...awaited].some(([{ place }, size]) => tail.end - place >= size);
  }

  const source: LogSource = {
    tail,
    makeAll,
    get before() {
      return before;
    },
    get isClosed() {
      return isClosed;
    },
    changed: () => new Promise((wake) => bells.once("news", wake)),
  };

  return {
    begin(known) {
      before = known;
      tail.begin(known.nextEvent - 1);
      bells.emit("news");
    },
    publish(make) {
      unmade.push(make);
      if (listeners.count > 0 || awaited.size > 0 || unmade.length > KEPT_EVENTS) makeAll().forEach(listeners.tell);
      bells.emit("news");
    },
    room: () => (awaited.size > 0 && isFull() ? untilRoom(bells, isFull) : undefined),
    close() {
      isClosed = true;
      bells.emit("news");
      bells.emit("room");
    },
    on(type, listener) {
      makeAll();
      return listeners.on(type, listener);
    },
    read: (rule) => openReader(source, rule, bells, awaited),
    [Symbol.asyncIterator]: () => openReader(source, wholeTail, bells, awaited),
  };
}

/** `news` wakes readers, `room` the run that waits for them. */
type Bell = "news" | "room";

function openReader(
  source: LogSource,
  rule: ReadRule,
  bells: EventEmitter<Bell>,
  awaited: Map<ReaderPlace, number>,
): AsyncIterableIterator<RunEvent, void> {
  const at: ReaderPlace = { place: 0, last: -1, hasLeft: false };
  function leave(): void {
    at.hasLeft = true;
    awaited.delete(at);
    bells.emit("news");
    bells.emit("room");
  }
  async function* events(): AsyncGenerator<RunEvent, void> {
    if (rule.overflow === "wait" && !at.hasLeft) awaited.set(at, rule.size);
    try {
      yield* readLog(source, at, rule, () => bells.emit("room"));
    } finally {
      leave();
    }
  }
  return leavable(events(), leave);
}

async function untilRoom(bells: EventEmitter<Bell>, isFull: () => boolean): Promise<void> {
  while (isFull()) await new Promise<void>((resolve) => bells.once("room", resolve));
}
