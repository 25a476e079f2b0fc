import { EventEmitter } from "eventemitter3";
import type { Logger } from "../provider/logger.js";
import type { RunEvent, RunEventType } from "./run-events.js";

export type EventOf<Type extends RunEventType> = Extract<RunEvent, { type: Type }>;
export type RunEventListener<Type extends RunEventType = RunEventType> = (event: EventOf<Type>) => void;

/** What a run reported so far: read from the beginning by any number of readers, or listened to as it comes. */
export interface EventLog extends AsyncIterable<RunEvent> {
  /** Adds the events that `make` gives; it is called when somebody wants to know, in order, and once. */
  publish(make: () => readonly RunEvent[]): void;
  /** No event comes after this; readers end. */
  close(): void;
  /** Calls back for each event of a type from now on, or for all with `"*"`; the returned function stops that. */
  on<Type extends RunEventType>(type: Type | "*", listener: RunEventListener<Type>): () => void;
}

/** An event log in memory. A listener that throws is reported to the logger and does not disturb the run. */
export function createEventLog(logger: Logger): EventLog {
  const events: RunEvent[] = [];
  const unmade: (() => readonly RunEvent[])[] = [];
  const emitter = new EventEmitter();
  let listeners = 0;
  let isClosed = false;

  // Runs without a listener or reader do not pay for their events.
  function makeAll(): readonly RunEvent[] {
    const made = unmade.splice(0).flatMap((make) => make());
    // One by one: a call takes fewer arguments than a long run has events.
    for (const event of made) events.push(event);
    return made;
  }

  return {
    publish(make) {
      unmade.push(make);
      if (listeners > 0) {
        for (const event of makeAll()) {
          callListeners(emitter, logger, event.type, event);
          callListeners(emitter, logger, "*", event);
        }
      }
      emitter.emit("wake");
    },
    close() {
      isClosed = true;
      emitter.emit("wake");
    },
    on(type, listener) {
      makeAll();
      listeners += 1;
      // One function may listen twice, and each of the two is stopped for itself.
      const own: RunEventListener = (event) => listener(event as Parameters<typeof listener>[0]);
      emitter.on(type, own);
      let isOn = true;
      return () => {
        if (isOn) listeners -= 1;
        isOn = false;
        emitter.off(type, own);
      };
    },
    async *[Symbol.asyncIterator]() {
      for (let next = 0; ; next++) {
        makeAll();
        while (next >= events.length && !isClosed) {
          await new Promise<void>((wake) => emitter.once("wake", wake));
          makeAll();
        }
        const event = events[next];
        if (event === undefined) return;
        yield event;
      }
    },
  };
}

function callListeners(emitter: EventEmitter, logger: Logger, name: string, event: RunEvent): void {
  for (const listener of emitter.listeners(name)) {
    try {
      listener(event);
    } catch (error) {
      logger.warn(`A listener for "${name}" threw.`, { error: error instanceof Error ? error.message : "no Error" });
    }
  }
}
