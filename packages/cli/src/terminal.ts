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
}
