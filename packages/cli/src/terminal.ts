import type { TextStream } from "@genblaze/core/report";

/** What the command line talks to; `process` in real life. */
export interface Terminal {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** Aborted when the user presses Ctrl-C. */
  readonly signal?: AbortSignal;
}
