import type { BudgetChange } from "../../src/budget/budget-types.js";
import { createRuntime, GenblazeError, type Runtime } from "../../src/index.js";
import { perUnit } from "../../src/pricing/index.js";
import type { Provider, ProviderOutput, StepRequest, Submission } from "../../src/provider/index.js";
import { createFakeClock, scriptedAsset } from "../support.js";

/** Chance that is the same for a seed (mulberry32). */
export function chance(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    /** From 0, below the limit. */
    below: (limit: number) => Math.floor(next() * limit),
    isLucky: (part: number) => next() < part,
  };
}
export type Chance = ReturnType<typeof chance>;

/** One request as its vendor has it in the books, in thousandths of a dollar. */
export interface Sale {
  readonly runId: string;
  /** What was reserved for it; undefined where nobody knew. */
  readonly quote: number | undefined;
  /** `free` was refused, `billed` was answered with a price, `unknown` is anything else. */
  outcome: "free" | "billed" | "unknown";
  billed: number;
  /** What it said after nobody waited for it any more; a run that goes on may hear of it. */
  billedLate: number;
}

const unpriced = "hidden";
const names = ["cheap", "dear", unpriced];

/** A runtime with random caps, vendors that fail at random, and their books. */
export function openWorld(seed: number) {
  const random = chance(seed);
  const clock = createFakeClock();
  const sales = new Map<string, Sale>();
  const changes: BudgetChange[] = [];
  const faults: string[] = [];
  const usd = (most: number, part: number) => (random.isLucky(part) ? random.below(most) / 1_000 : undefined);
  const prices = new Map(names.map((name) => [name, 1 + random.below(name === "dear" ? 60 : 20)]));
  const assume = random.isLucky(0.5) ? 1 + random.below(30) : undefined;
  const runtime = createRuntime({
    clock,
    random: random.next,
    retry: random.isLucky(0.3) ? { maxAttempts: 2, firstDelayMs: 10, jitter: "none" } : "off",
    prices: Object.fromEntries(
      [...prices].flatMap(([name, price]) => (name === unpriced ? [] : [[`${name}/*`, perUnit(price / 1_000)]])),
    ),
    ...(random.isLucky(0.3) ? { limits: { cheap: { concurrency: 1 + random.below(2) } } } : {}),
    budget: {
      totalUsd: (200 + random.below(1_500)) / 1_000,
      perRunUsd: usd(150, 0.4),
      perTenantUsd: usd(700, 0.4),
      perTenantDayUsd: usd(500, 0.3),
      perDayUsd: usd(1_200, 0.3),
      assumeUsd: assume === undefined ? undefined : assume / 1_000,
      onChange: (change) => changes.push(change),
    },
  });
  const watched = watch(runtime, faults);
  const vendors = names.map((name) => {
    const price = name === unpriced ? undefined : prices.get(name);
    return vendor({ name, price, quote: price ?? assume, random, sales, faults });
  });
  return { random, clock, runtime: watched, vendors, sales, changes, faults };
}
export type World = ReturnType<typeof openWorld>;

/** The runtime, whose budget is looked at whenever it let something be reserved. */
function watch(runtime: Runtime, faults: string[]): Runtime {
  const { budget, clock } = runtime;
  if (budget === undefined) throw new Error("a budget is expected");
  const day = new Date(clock.now()).toISOString().slice(0, 10);
  return {
    ...runtime,
    budget: {
      ...budget,
      reserve(request) {
        const reservation = budget.reserve(request);
        const { runId, tenantId } = request;
        const keys = { run: runId, tenant: tenantId, tenantDay: `${day}/${tenantId}`, day, total: "" };
        for (const { scope, key, spentUsd, reservedUsd, capUsd } of budget.state().stands) {
          if (reservation.reservedUsd === 0 || keys[scope] !== key || capUsd === undefined) continue;
          const used = toThousandths(spentUsd) + toThousandths(reservedUsd);
          if (used > toThousandths(capUsd)) faults.push(`${scope} ${key}: ${used} of ${capUsd} at a reservation`);
        }
        return reservation;
      },
    },
  };
}

interface VendorFacts {
  readonly name: string;
  readonly price: number | undefined;
  readonly quote: number | undefined;
  readonly random: Chance;
  readonly sales: Map<string, Sale>;
  readonly faults: string[];
}

function vendor({ name, price, quote, random, sales, faults }: VendorFacts) {
  const asset = scriptedAsset("image/x-scripted", name);
  /** The end of a job: an image with or without a price of its own, or a failure that may have cost something. */
  function end(sale: Sale, isHeard: boolean): Submission {
    if (random.isLucky(0.15)) return { status: "failed", error: new GenblazeError("SERVER_ERROR", "broken") };
    const own = random.isLucky(0.4) ? random.below(40) : undefined;
    const billed = own ?? price;
    if (billed !== undefined) Object.assign(sale, isHeard ? { outcome: "billed", billed } : { billedLate: billed });
    const output: ProviderOutput = { assets: [asset], ...(own === undefined ? {} : { costUsd: own / 1_000 }) };
    return { status: "done", output };
  }
  const provider: Provider<"image", never, unknown, StepRequest> = {
    name,
    yields: "image",
    accepts: [],
    models: {},
    prepare: (request) => ({ body: request }),
    async submit(_, { idempotencyKey: key, clock, signal }) {
      if (quote === undefined) faults.push(`${key}: a request of unknown price was made`);
      if (sales.has(key)) faults.push(`${key}: asked for twice`);
      const sale: Sale = {
        runId: key.slice(0, key.indexOf("/")),
        quote,
        outcome: "unknown",
        billed: 0,
        billedLate: 0,
      };
      sales.set(key, sale);
      // Some answer late, also after whoever asked is gone; none before whatever happens at the same time is over.
      const delayMs = random.isLucky(0.2) ? 1 + random.below(3_000) : 0;
      await new Promise<void>((go) => clock.schedule(go, delayMs));
      if (random.isLucky(0.15)) {
        if (!signal.aborted) sale.outcome = "free";
        throw new GenblazeError(random.isLucky(0.5) ? "MODEL_ERROR" : "RATE_LIMITED", "no", { isRejected: true });
      }
      if (random.isLucky(0.05)) throw new Error("socket hang up");
      if (random.isLucky(0.4)) return end(sale, !signal.aborted);
      return { status: "pending", operation: { key }, retryAfterMs: 1 + random.below(3_000) };
    },
    async poll(operation, { signal }) {
      const { key } = operation as { readonly key: string };
      const sale = sales.get(key);
      if (sale === undefined) throw new Error(`no job ${key}`);
      if (random.isLucky(0.2)) return { status: "pending", operation, retryAfterMs: 1 + random.below(3_000) };
      return end(sale, !signal.aborted);
    },
    ...(random.isLucky(0.7) ? { async cancel() {} } : {}),
  };
  return provider;
}

/** Dollars as whole thousandths. */
export function toThousandths(usd: number): number {
  return Math.round(usd * 1_000);
}
