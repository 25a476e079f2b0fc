import { z } from "zod";

/** So many requests in so many milliseconds, in any stretch of that length. */
export interface Rate {
  /** 1 to 100,000. */
  readonly requests: number;
  /** More than 0, at most a day. */
  readonly perMs: number;
}

/** What a provider's account, or one model of it, takes. */
export interface LimitOptions {
  /** How many calls at the same time at most; 1 to 100,000. @default no limit */
  readonly concurrency?: number | undefined;
  /** How many calls a second at most; a whole number, 1 to 100,000. @default no limit */
  readonly perSecond?: number | undefined;
  /** The same over another time; instead of `perSecond`. @default no limit */
  readonly rate?: Rate | undefined;
}

const MOST = 100_000; // what one process can have under way, or remember of each limit
const LONGEST_MS = 86_400_000;

const count = z
  .int("a whole number is expected")
  .min(1, "at least 1 is expected")
  .max(MOST, `at most ${MOST} is expected`);

const rate = z.strictObject(
  {
    requests: count,
    perMs: z
      .number("milliseconds are expected")
      .positive("more than 0 milliseconds are expected")
      .max(LONGEST_MS, `at most ${LONGEST_MS} milliseconds are expected`),
  },
  "{ requests, perMs } is expected",
);

/** The fields of {@link LimitOptions}, for the schemas that they are part of. */
export const limitFields = { concurrency: count.optional(), perSecond: count.optional(), rate: rate.optional() };

/** How many may wait. */
export const maxWaiting = count.max(10_000_000, "at most 10000000 is expected");

/** Whether only one of the two ways to give a rate was taken. */
export function hasOneRate({ perSecond, rate }: LimitOptions): boolean {
  return perSecond === undefined || rate === undefined;
}

/** The rate of a limit, however it was given; undefined when it has none. */
export function rateOf({ perSecond, rate }: LimitOptions): Rate | undefined {
  return perSecond === undefined ? rate : { requests: perSecond, perMs: 1_000 };
}
