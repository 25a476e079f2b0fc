import { z } from "zod";
import { checkOptions } from "../options/check-options.js";
import { objectWith } from "../pipeline/option-schemas.js";
import type { Clock } from "../provider/clock.js";
import type { BudgetChange, BudgetScope } from "./budget-types.js";

/** What {@link createBudget} takes; at least one cap. Amounts are US dollars. */
export interface BudgetOptions {
  readonly clock: Clock;
  /** What one run may spend, over all its resumes that this process knows of. @default no cap */
  readonly perRunUsd?: number | undefined;
  /** What all runs of one tenant may spend, as long as the process lives. @default no cap */
  readonly perTenantUsd?: number | undefined;
  /** What all runs of one tenant may spend on one day of UTC. @default no cap */
  readonly perTenantDayUsd?: number | undefined;
  /** What all runs may spend on one day of UTC. @default no cap */
  readonly perDayUsd?: number | undefined;
  /** What all runs may spend as long as the process lives. @default no cap */
  readonly totalUsd?: number | undefined;
  /** What a call of unknown price is held to cost. @default such calls are refused */
  readonly assumeUsd?: number | undefined;
  /** Parts of a cap, above 0 and at most 1, whose spending is told of. @default [0.5, 0.8, 1] */
  readonly warnAt?: readonly number[] | undefined;
  /**
   * How many runs, how many tenants and how many tenants of a day are remembered, 1 to 1,000,000. For one more, an
   * ended run is forgotten, else the one that asked longest ago and has nothing reserved; it begins at 0 when it comes
   * back. @default 100_000
   */
  readonly maxRemembered?: number | undefined;
  /** Told of what people want to know, after it is counted; it must not throw. */
  readonly onChange?: ((change: BudgetChange) => void) | undefined;
}

/** {@link BudgetOptions} with everything in; caps by their scope. */
export interface BudgetSettings {
  readonly clock: Clock;
  readonly capsUsd: Readonly<Record<BudgetScope, number | undefined>>;
  readonly assumeUsd: number | undefined;
  /** Rising, each once. */
  readonly warnAt: readonly number[];
  readonly maxRemembered: number;
  readonly onChange: (change: BudgetChange) => void;
}

/** The option that caps a scope. */
export const CAP_OPTIONS = {
  run: "perRunUsd",
  tenant: "perTenantUsd",
  tenantDay: "perTenantDayUsd",
  day: "perDayUsd",
  total: "totalUsd",
} as const satisfies Readonly<Record<BudgetScope, keyof BudgetOptions>>;

const MOST_USD = 1_000_000_000;

const dollars = z
  .number("US dollars are expected")
  .min(0, "at least 0 US dollars are expected")
  .max(MOST_USD, `at most ${MOST_USD} US dollars are expected`)
  .optional();

const schema = z
  .strictObject({
    clock: objectWith<Clock>("now", "schedule"),
    perRunUsd: dollars,
    perTenantUsd: dollars,
    perTenantDayUsd: dollars,
    perDayUsd: dollars,
    totalUsd: dollars,
    assumeUsd: dollars,
    warnAt: z
      .array(
        z
          .number("a part of the cap is expected")
          .positive("more than 0 is expected")
          .max(1, "at most 1 is expected, which is the whole cap"),
        "a list of parts of the cap is expected",
      )
      .max(20, "at most 20 parts are expected")
      .optional(),
    maxRemembered: z
      .int("a whole number is expected")
      .min(1, "at least 1 is expected")
      .max(1_000_000, "at most 1000000 is expected")
      .optional(),
    onChange: z
      .custom<(change: BudgetChange) => void>((value) => typeof value === "function", "a function is expected")
      .optional(),
  })
  .refine((options) => Object.values(CAP_OPTIONS).some((cap) => options[cap] !== undefined), {
    path: ["totalUsd"],
    error: `at least one cap is expected (${Object.values(CAP_OPTIONS).join(", ")})`,
  });

/** Checks the options of a budget; INVALID_OPTION for the first thing wrong. */
export function checkBudgetOptions(options: BudgetOptions): BudgetSettings {
  const checked = checkOptions(schema, options, "createBudget(options)");
  const { clock, perRunUsd, perTenantUsd, perTenantDayUsd, perDayUsd, totalUsd, assumeUsd } = checked;
  return {
    clock,
    capsUsd: { run: perRunUsd, tenant: perTenantUsd, tenantDay: perTenantDayUsd, day: perDayUsd, total: totalUsd },
    assumeUsd,
    warnAt: [...new Set(checked.warnAt ?? [0.5, 0.8, 1])].sort((left, right) => left - right),
    maxRemembered: checked.maxRemembered ?? 100_000,
    onChange: checked.onChange ?? (() => undefined),
  };
}
