import { z } from "zod";
import { checkOptions } from "../options/check-options.js";
import { KEPT_EVENTS } from "./event-tail.js";

const overflowRules = ["drop-progress", "wait", "fail"] as const;

/**
 * What is done when a reader is slower than its run: `drop-progress` leaves out reports of progress that are too old
 * and reads all others out of the journal; `wait` lets the run wait for its reader before it begins anything more,
 * until the run is aborted: what is under way goes on, and of its reports of progress the last 10,000 stay; `fail`
 * ends the reading of one that had caught up with READER_TOO_SLOW, which says after which number to go on.
 */
export type OverflowRule = (typeof overflowRules)[number];

/** How events are read. */
export interface StreamOptions {
  /**
   * The number of the last event that is known: those after it are given, those of earlier turns of the run as well;
   * -1 for all. @default the events of this turn
   */
  readonly after?: number | undefined;
  readonly buffer?:
    | {
        /** How many events a reader may be behind, 1 to 10,000. @default 1_000 */
        readonly size?: number | undefined;
        /** What is done when it is further behind. @default "drop-progress" */
        readonly overflow?: OverflowRule | undefined;
      }
    | undefined;
}

/** The same, checked and complete. */
export interface ReadRule {
  readonly after: number | undefined;
  readonly size: number;
  readonly overflow: OverflowRule;
}

const DEFAULT_SIZE = 1_000;

const wholeNumber = z.int("a whole number is expected");

/** The number of an event that is known, as an option. */
export const afterOption = wholeNumber.min(-1, "-1 or the number of an event is expected");

const streamOptions = z.strictObject({
  after: afterOption.optional(),
  buffer: z
    .strictObject({
      size: wholeNumber
        .min(1, "at least 1 is expected")
        .max(KEPT_EVENTS, `at most ${KEPT_EVENTS} is expected`)
        .optional(),
      overflow: z.enum(overflowRules, `one of ${overflowRules.join(", ")} is expected`).optional(),
    })
    .optional(),
});

/** Checks how events are to be read; INVALID_OPTION for the first thing wrong. */
export function checkStreamOptions(options: unknown): ReadRule {
  const { after, buffer = {} } = checkOptions(streamOptions, options, "stream options");
  return { after, size: buffer.size ?? DEFAULT_SIZE, overflow: buffer.overflow ?? "drop-progress" };
}
