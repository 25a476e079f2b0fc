import { EventEmitter } from "eventemitter3";
import type { Logger } from "../provider/logger.js";
import type { RunEvent, RunEventType } from "./run-events.js";

export type EventOf<Type extends RunEventType> = Extract<RunEvent, { type: Type }>;
export type RunEventListener<Type extends RunEventType = RunEventType> = (event: EventOf<Type>) => void;

/** Who is called with each event as it comes. */
export interface EventListeners {
  /** How many there are. */
  readonly count: number;
  /** Calls back for each event of a type, or for all with `"*"`; the returned function stops that. */
  on<Type extends RunEventType>(type: Type | "*", listener: RunEventListener<Type>): () => void;
  /** Calls those of its type, then those of all. One that throws is reported to the logger and disturbs nobody. */
  tell(event: RunEvent): void;
}

/** Nobody listens yet. */
export function createEventListeners(logger: Logger): EventListeners {
  const emitter = new EventEmitter();
  let count = 0;

  function call(name: string, event: RunEvent): void {
    for (const listener of emitter.listeners(name)) {
      try {
        listener(event);
      } catch (error) {
        logger.warn(`A listener for "${name}" threw.`, { error: error instanceof Error ? error.message : "no Error" });
      }
    }
  }

  return {
    get count() {
      return count;
    },
    on(type, listener) {
      // One function may listen twice, and each of the two is stopped for itself.
      const own: RunEventListener = (event) => listener(event as Parameters<typeof listener>[0]);
      emitter.on(type, own);
      count += 1;
      let isOn = true;
      return () => {
        if (isOn) count -= 1;
        isOn = false;
        emitter.off(type, own);
      };
    },
    tell(event) {
      call(event.type, event);
      call("*", event);
    },
  };
}
