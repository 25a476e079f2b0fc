import { type Breaker, createBreaker } from "../breaker/breaker.js";
import type { BreakerOptions } from "../breaker/breaker-options.js";
import { type Budget, createBudget } from "../budget/budget.js";
import type { BudgetOptions } from "../budget/budget-options.js";
import type { StepCache } from "../cache/step-cache.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { shareTimers } from "../internal/shared-timers.js";
import { steadyClock, systemClock, systemElapsedMs } from "../internal/system-clock.js";
import type { Journal } from "../journal/journal.js";
import { createLimits, type Limits, type LimitsByTarget } from "../limits/limits.js";
import type { MediaWriter } from "../media/media-writer.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import { describeValue } from "../options/describe-value.js";
import { type PriceBook, type Prices, priceBookOf } from "../pricing/price-book.js";
import type { Clock } from "../provider/clock.js";
import { type Logger, silentLogger } from "../provider/logger.js";
import { type RetryOption, type RetryPolicy, toRetryPolicy } from "../retry/retry-policy.js";
import type { Storage } from "../storage/storage.js";
import { createFlights, type Flights } from "./flights.js";
import type { JobWebhooks } from "./job-webhooks.js";
import { createLatencies, type Latencies } from "./latencies.js";
import { type Polling, type PollingOptions, toPolling } from "./polling.js";
import { createWarmth, type Warmth } from "./warmth.js";

/** Everything that runs share and that comes from outside: time, network, chance, the journal, media handlers. */
export interface Runtime {
  readonly clock: Clock;
  /** The same time, with any number of alarms behind one timer: for waits that thousands of steps are in at once. */
  readonly timers: Clock;
  readonly fetch: typeof globalThis.fetch;
  readonly logger: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Bytes that nobody can guess, for salts and nonces. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** Unique ids for runs, steps and assets; UUIDs, since the Python library expects them. */
  readonly createId: () => string;
  /** Where runs are written down as they go on. @default a journal in memory for each run */
  readonly journal: Journal | undefined;
  /** Embeds manifests for `result.save`; without one it writes sidecars. */
  readonly media: MediaWriter | undefined;
  /** What calls cost, by provider and model. @default unknown, unless a provider says it */
  readonly prices: PriceBook | undefined;
  /** Keeps results of steps for equal work. @default none */
  readonly cache: StepCache | undefined;
  /** How what failed is tried again, where a step does not say it. */
  readonly retry: RetryPolicy;
  /** How jobs are waited for, where a step does not say it. */
  readonly poll: Polling;
  /** Hears of jobs from their vendors. */
  readonly webhooks: JobWebhooks | undefined;
  /** How much each account of a provider takes, shared by all runs. */
  readonly limits: Limits;
  /** Which targets keep failing and are not asked for a while; undefined for none. */
  readonly breaker: Breaker | undefined;
  /** What runs may spend; undefined for no cap. */
  readonly budget: Budget | undefined;
  /** How long targets took lately. */
  readonly latencies: Latencies;
  /** What is being made for the cache just now. */
  readonly flights: Flights;
  /** Which models were asked lately. */
  readonly warmth: Warmth;
  /** Where a run keeps the bytes of its assets; called once a run. */
  readonly createSpoolStorage: (() => Storage) | undefined;
}

/** What {@link createRuntime} takes. */
export interface RuntimeOptions
  extends Partial<
    Omit<
      Runtime,
      | "prices"
      | "warmth"
      | "flights"
      | "latencies"
      | "retry"
      | "limits"
      | "breaker"
      | "budget"
      | "poll"
      | "webhooks"
      | "timers"
    >
  > {
  /** What calls cost: strategies by `provider/model`, or by a beginning of it with `*`. @default unknown */
  readonly prices?: Prices | undefined;
  /**
   * How often and after what waits what failed is tried again: `conservative`, `aggressive`, `off`, or numbers of one's
   * own. @default up to 6 attempts of each phase, after 1 to 30 s, or as the provider says within 2 minutes
   */
  readonly retry?: RetryOption | undefined;
  /** How often jobs are asked how they stand. @default after 1 s, later every 2 to 30 s, or as the provider says */
  readonly poll?: PollingOptions | undefined;
  /**
   * Hears of jobs from their vendors, so that they are polled ten times more slowly: a receiver with a `publicUrl`, of
   * `createWebhookReceiver`. @default polling only
   */
  readonly webhooks?: JobWebhooks | undefined;
  /**
   * How many jobs of an account, or of one model of it, are under way at most, and how many are begun in a time:
   * `{ gmicloud: { concurrency: 4 }, "openai/gpt-image-1": { rate: { requests: 5, perMs: 60_000 } } }`. All runs of the
   * runtime share them, in turn. @default no limits
   */
  readonly limits?: LimitsByTarget | undefined;
  /**
   * Lets targets that keep failing rest: after 5 failures within a minute a provider's model is not asked for 30 s, and
   * longer when it goes on failing; a step with `fallbacks` asks the next one, any other fails with CIRCUIT_OPEN.
   * `true`, or numbers of one's own. @default none
   */
  readonly breaker?: true | Omit<BreakerOptions, "clock"> | undefined;
  /**
   * Caps in US dollars on what runs spend: `{ perRunUsd, perTenantUsd, perTenantDayUsd, perDayUsd, totalUsd }`, with
   * `assumeUsd` for requests of unknown price. Every request keeps back what it may cost before it is made.
   * @default none
   */
  readonly budget?: Omit<BudgetOptions, "clock"> | undefined;
  /** After so many milliseconds without a request the next one to a model counts as a cold start. @default 300_000 */
  readonly coldAfterMs?: number | undefined;
}

/** A runtime of one's own: give what shall differ from the default. Options that are left out are the real thing: system time, `fetch`, random UUIDs, a journal in memory, no logging, no media. */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  assertKnownOptions(options, known, "createRuntime(options)");
  const { clock = systemClock, prices } = options;
  // Rates, pauses and cooldowns keep their time when the clock is set.
  const steady = clock === systemClock ? steadyClock : clock;
  return Object.freeze({
    clock,
    timers: shareTimers(clock, clock === systemClock ? { elapsedMs: systemElapsedMs } : {}),
    fetch: options.fetch ?? globalFetch,
    logger: options.logger ?? silentLogger,
    random: options.random ?? Math.random,
    randomBytes: options.randomBytes ?? ((length: number) => globalThis.crypto.getRandomValues(new Uint8Array(length))),
    createId: options.createId ?? (() => globalThis.crypto.randomUUID()),
    journal: options.journal,
    media: options.media,
    prices: prices === undefined ? undefined : priceBookOf(prices, 'createRuntime(options), option "prices"'),
    cache: options.cache,
    retry: inOption("retry", () => toRetryPolicy(options.retry)),
    poll: inOption("poll", () => toPolling(options.poll)),
    webhooks: checkWebhooks(options.webhooks),
    limits: inOption("limits", () => createLimits({ clock: steady, limits: options.limits ?? {} })),
    breaker: inOption("breaker", () => options.breaker && openBreaker(options.breaker, steady)),
    budget: inOption("budget", () => options.budget && createBudget({ clock, ...options.budget })),
    latencies: createLatencies(),
    flights: createFlights(),
    warmth: createWarmth(clock, options.coldAfterMs),
    createSpoolStorage: options.createSpoolStorage,
  });
}

function openBreaker(options: NonNullable<RuntimeOptions["breaker"]>, clock: Clock): Breaker {
  return createBreaker({ clock, ...(options === true ? {} : options) });
}

/** What is wrong with an option says whose option it is. */
function inOption<T>(name: keyof RuntimeOptions, make: () => T): T {
  try {
    return make();
  } catch (thrown) {
    if (!GenblazeError.isInstance(thrown) || thrown.code !== "INVALID_OPTION") throw thrown;
    const message = `createRuntime(options), option "${name}": ${thrown.message}`;
    throw new GenblazeError("INVALID_OPTION", message, { cause: thrown });
  }
}

const known = [
  "clock",
  "fetch",
  "logger",
  "random",
  "randomBytes",
  "createId",
  "journal",
  "media",
  "prices",
  "cache",
  "retry",
  "poll",
  "webhooks",
  "limits",
  "breaker",
  "budget",
  "coldAfterMs",
  "createSpoolStorage",
] as const satisfies readonly (keyof RuntimeOptions)[];

/** Without an address no webhook comes, and jobs would only be polled more slowly. */
function checkWebhooks(webhooks: JobWebhooks | undefined): JobWebhooks | undefined {
  const isReceiver = ["urlFor", "next"].every((method) => typeof Reflect.get(Object(webhooks), method) === "function");
  if (webhooks === undefined || (isReceiver && webhooks.publicUrl !== undefined)) return webhooks;
  const expected = "a receiver of createWebhookReceiver({ providers, publicUrl }) is expected";
  const came = isReceiver ? "one without publicUrl" : describeValue(webhooks);
  throw new GenblazeError(
    "INVALID_OPTION",
    `createRuntime(options), option "webhooks": ${expected}; ${came} was given.`,
  );
}

// Looked up when called, so that a global fetch that is replaced later is used.
const globalFetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init);
