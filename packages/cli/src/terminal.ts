import type { Clock } from "@genblaze/core";
import type { TextStream } from "@genblaze/core/report";

/** Where a person types. */
export type KeyboardStream = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** What the command line talks to; `process` in real life. */
export interface Terminal {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** Read only when it is a terminal and a step waits for an answer. */
  readonly stdin?: KeyboardStream;
  /** The words that start this program again. @default `genblaze` */
  readonly command?: readonly string[];
  /** Aborted when the user presses Ctrl-C. */
  readonly signal?: AbortSignal;
  /** Takes what is said when a second Ctrl-C ends the process at once. */
  readonly onLastWords?: (words: string) => void;
  /** Variables of the environment. @default none */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** @default the system's */
  readonly clock?: Clock;
}
