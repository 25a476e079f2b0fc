import { createInterface, type Interface } from "node:readline";
import type { KeyboardStream } from "./terminal.js";

/** Lines that a person types. */
export interface Keyboard {
  /** Forgets what was typed before anybody could see what it would answer. */
  forgetTyped(): Promise<void>;
  /** The next line; undefined when there is none any more, or the signal aborted. */
  readLine(signal: AbortSignal): Promise<string | undefined>;
  close(): void;
}

/** Reads lines from a terminal, which is not touched before the first one is asked for. */
export function openKeyboard(input: KeyboardStream): Keyboard {
  const typed: string[] = [];
  let lines: Interface | undefined;
  let hasEnded = false;
  let wake: () => void = () => undefined;

  function open(): Interface {
    // The terminal itself edits the line, so that Ctrl-C still ends the run as everywhere.
    const opened = createInterface({ input, terminal: false });
    opened.on("line", (line) => {
      typed.push(line);
      wake();
    });
    opened.on("close", () => {
      hasEnded = true;
      wake();
    });
    return opened;
  }

  return {
    async forgetTyped() {
      lines ??= open();
      // What waits in the terminal comes with the next turn of the event loop.
      await nextTurn();
      await nextTurn();
      typed.length = 0;
    },
    async readLine(signal) {
      lines ??= open();
      const onAbort = () => wake();
      signal.addEventListener("abort", onAbort);
      while (typed.length === 0 && !hasEnded && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      signal.removeEventListener("abort", onAbort);
      return signal.aborted ? undefined : typed.shift();
    },
    close: () => lines?.close(),
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
