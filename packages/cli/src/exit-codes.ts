/** What the process ends with; scripts branch on it. */
export const exitCodes = {
  /** Done; everything that was checked matches. */
  ok: 0,
  /** Something differs, or a run did not complete. */
  failed: 1,
  /** The call itself was wrong, or a file could not be read or written. */
  usage: 2,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
