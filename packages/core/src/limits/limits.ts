import { z } from "zod";
import { checkOptions } from "../options/check-options.js";
import { objectWith } from "../pipeline/option-schemas.js";
import type { Clock } from "../provider/clock.js";
import { createAllowance, pauseFor } from "./allowance.js";
import {
  addLane,
  createGate,
  enter,
  type Gate,
  type Lane,
  occupyPlace,
  type Permit,
  type PermitRequest,
} from "./gate.js";
import { hasOneRate, type LimitOptions, limitFields, maxWaiting } from "./limit-options.js";
import { type LimitState, limitState } from "./limit-state.js";
import { DEFAULT_MAX_WAITING } from "./limiter.js";

/** What is limited: the account that a provider bills, and the model that is asked. */
export interface LimitTarget {
  readonly account: string;
  readonly model?: string | undefined;
}

/** Limits by what they are for: `account`, or `account/model`. */
export type LimitsByTarget = Readonly<Record<string, LimitOptions>>;

/** What {@link createLimits} takes. */
export interface LimitsOptions {
  readonly clock: Clock;
  /** An account's name ends at the first `/` of a key; the rest is the model. */
  readonly limits: LimitsByTarget;
  /** How many may wait for each account. @default 100_000 */
  readonly maxWaiting?: number | undefined;
}

/** The limits that all runs of a runtime share. */
export interface Limits {
  /**
   * A permit as soon as the limits of the account and of the model both have one; at once for what has no limit. Never
   * holds a place of one while it waits for the other. Rejects as that of a limiter does.
   */
  readonly acquire: (request: LimitTarget & PermitRequest) => Promise<Permit>;
  /**
   * The place of a job that is under way already, one of an earlier process say: at once, also beyond the limit, so that
   * others wait until there is room for one more. It takes nothing of the rate.
   */
  readonly occupy: (target: LimitTarget) => Permit;
  /** Gives out no permit for so many milliseconds: of the model when it has a limit of its own, else of the account. Nothing without a limit. */
  readonly pause: (target: LimitTarget, ms: number) => void;
  /** How long nobody is to ask this account, or this model of it, in milliseconds; 0 when there is no pause. */
  readonly pausedMs: (target: LimitTarget) => number;
  /** How each account that has limits stands, and each model with one of its own. */
  readonly state: () => Readonly<Record<string, LimitState>>;
}

const schema = z.strictObject({
  clock: objectWith<Clock>("now", "schedule"),
  limits: z.record(
    z.string().min(1, "an account or account/model is expected"),
    z
      .strictObject(limitFields, "{ concurrency, perSecond, rate } is expected")
      .refine(hasOneRate, { path: ["rate"], error: "either perSecond or rate is expected" }),
    "an object of limits by account or account/model is expected",
  ),
  maxWaiting: maxWaiting.optional(),
});

/** An account: its gate, the lanes of models with limits of their own, and the one lane of all others. */
interface Account {
  readonly gate: Gate;
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly others: Lane;
}

/** The places and rates of provider accounts and their models. INVALID_OPTION. */
export function createLimits(options: LimitsOptions): Limits {
  checkOptions(schema, options, "createLimits(options)");
  const { clock, limits } = options;
  const names = new Set(Object.keys(limits).map((key) => splitKey(key).account));
  const accounts = new Map([...names].map((account) => [account, openAccount(account, options)]));
  return {
    acquire(request) {
      const account = accounts.get(request.account);
      if (account === undefined) return unlimited(request);
      return enter(account.gate, laneOf(account, request) ?? account.others, request);
    },
    occupy(target) {
      const account = accounts.get(target.account);
      return account === undefined ? free : occupyPlace(account.gate, laneOf(account, target) ?? account.others);
    },
    pause(target, ms) {
      const account = accounts.get(target.account);
      if (account === undefined) return;
      pauseFor((laneOf(account, target) ?? account.gate).allowance, ms, clock.now());
    },
    pausedMs(target) {
      const account = accounts.get(target.account);
      if (account === undefined) return 0;
      const until = [account.gate, laneOf(account, target)].map((each) => each?.allowance.pausedUntilMs ?? 0);
      return Math.max(0, Math.max(...until) - clock.now());
    },
    state: () => Object.fromEntries([...accounts].flatMap(([name, account]) => statesOf(name, account, clock.now()))),
  };
}

function splitKey(key: string): LimitTarget {
  const slash = key.indexOf("/");
  return slash < 0 ? { account: key } : { account: key.slice(0, slash), model: key.slice(slash + 1) };
}

function openAccount(name: string, { clock, limits, maxWaiting = DEFAULT_MAX_WAITING }: LimitsOptions): Account {
  const entries = Object.entries(limits).map(([key, limit]) => ({ ...splitKey(key), limit }));
  const own = entries.filter(({ account }) => account === name);
  const shared = own.find(({ model }) => model === undefined)?.limit ?? {};
  const gate = createGate({ clock, maxWaiting, name: `Limits of ${name}`, allowance: createAllowance(shared) });
  const lanes = new Map<string, Lane>();
  for (const { model, limit } of own) {
    if (model !== undefined) lanes.set(model, addLane(gate, createAllowance(limit)));
  }
  return { gate, lanes, others: addLane(gate, createAllowance({})) };
}

function laneOf({ lanes }: Account, { model }: LimitTarget): Lane | undefined {
  return model === undefined ? undefined : lanes.get(model);
}

function statesOf(name: string, { gate, lanes }: Account, now: number): [string, LimitState][] {
  const models = [...lanes].map(([model, { allowance, queue }]): [string, LimitState] => [
    `${name}/${model}`,
    limitState(allowance, queue.size, now),
  ]);
  return [[name, limitState(gate.allowance, gate.turns.waiting, now)], ...models];
}

const free: Permit = Object.freeze({ release: () => undefined });

function unlimited({ signal }: PermitRequest): Promise<Permit> {
  return signal?.aborted === true ? Promise.reject(signal.reason) : Promise.resolve(free);
}
