import { GenblazeError } from "../errors/genblaze-error.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import { describeValue } from "../options/describe-value.js";
import { assertAboveZero } from "./check-rate.js";
import { describeComparison } from "./describe-comparison.js";
import { sumUsd } from "./sum-usd.js";

/** A machine rented by the hour, and the same work bought by use. */
export interface CompareDedicatedOptions {
  /** Dollars for one hour of the rented machine, used or not. */
  readonly dedicatedUsdPerHour: number;
  /** Dollars for one hour of such work bought by use. Give this, or `serverlessUsdPerUnit` and `unitsPerHour`. */
  readonly serverlessUsdPerHour?: number;
  /** Dollars for one unit of work (an image, a second of video) bought by use. */
  readonly serverlessUsdPerUnit?: number;
  /** How many units the rented machine makes in an hour without a pause. */
  readonly unitsPerHour?: number;
  /** Share of the time in which the machine works, 0 to 1. */
  readonly utilization: number;
  /** Hours that are paid in a month. @default 720 (30 days) */
  readonly hoursPerMonth?: number;
}

/** Costs of a month, in dollars. */
export interface DedicatedComparison {
  /** The rent: rate times hours. */
  readonly dedicatedUsdPerMonth: number;
  /** The part of the rent in which the machine works: rent times utilization. */
  readonly usedUsdPerMonth: number;
  /** The rest, paid for nothing. */
  readonly idleUsdPerMonth: number;
  /** The same work bought by use: its rate times hours times utilization. */
  readonly serverlessUsdPerMonth: number;
  /** Where both cost the same: dedicated rate by serverless rate. Above 1, renting never pays. */
  readonly breakEvenUtilization: number;
  readonly cheaper: "dedicated" | "serverless" | "same";
  /** The outcome in one sentence. */
  readonly verdict: string;
}

const OPTIONS = [
  "dedicatedUsdPerHour",
  "serverlessUsdPerHour",
  "serverlessUsdPerUnit",
  "unitsPerHour",
  "utilization",
  "hoursPerMonth",
];
/** 30 days, as price pages count a month. */
const HOURS_PER_MONTH = 720;
/** Doubles that differ less than this, by share, differ by rounding only. */
const SAME_SHARE = 1e-12;

/**
 * Whether a rented machine pays, compared with buying the same work by use. Renting pays where
 * `utilization >= dedicatedUsdPerHour / serverlessUsdPerHour`, and `serverlessUsdPerHour` is
 * `serverlessUsdPerUnit * unitsPerHour` when it is not given. INVALID_OPTION for rates or hours that are not above 0,
 * for both ways of giving the rate at once, and for a utilization that is not from 0 to 1.
 *
 * @example
 * const month = compareDedicated({ dedicatedUsdPerHour: 2, serverlessUsdPerHour: 2.5, utilization: 0.4 });
 * console.log(month.verdict);
 */
export function compareDedicated(options: CompareDedicatedOptions): DedicatedComparison {
  assertKnownOptions(options, OPTIONS, "compareDedicated()");
  const { dedicatedUsdPerHour, utilization, hoursPerMonth = HOURS_PER_MONTH } = options;
  assertAboveZero(dedicatedUsdPerHour, "compareDedicated(): dedicatedUsdPerHour");
  assertAboveZero(hoursPerMonth, "compareDedicated(): hoursPerMonth");
  assertShare(utilization);
  const serverlessUsdPerHour = readServerlessRate(options);
  const dedicatedUsdPerMonth = dedicatedUsdPerHour * hoursPerMonth;
  const usedUsdPerMonth = dedicatedUsdPerMonth * utilization;
  const costs = {
    dedicatedUsdPerMonth,
    usedUsdPerMonth,
    idleUsdPerMonth: sumUsd([dedicatedUsdPerMonth, -usedUsdPerMonth]),
    serverlessUsdPerMonth: serverlessUsdPerHour * hoursPerMonth * utilization,
    breakEvenUtilization: dedicatedUsdPerHour / serverlessUsdPerHour,
  };
  const cheaper = cheaperOf(costs.dedicatedUsdPerMonth, costs.serverlessUsdPerMonth);
  return { ...costs, cheaper, verdict: describeComparison({ ...costs, cheaper, utilization }) };
}

function readServerlessRate(options: CompareDedicatedOptions): number {
  const { serverlessUsdPerHour, serverlessUsdPerUnit, unitsPerHour } = options;
  const where = "compareDedicated(): ";
  if (serverlessUsdPerHour === undefined) {
    assertAboveZero(serverlessUsdPerUnit, `${where}serverlessUsdPerUnit (or serverlessUsdPerHour)`);
    assertAboveZero(unitsPerHour, `${where}unitsPerHour`);
    return serverlessUsdPerUnit * unitsPerHour;
  }
  assertAboveZero(serverlessUsdPerHour, `${where}serverlessUsdPerHour`);
  if (serverlessUsdPerUnit === undefined && unitsPerHour === undefined) return serverlessUsdPerHour;
  const message = `${where}either serverlessUsdPerHour or serverlessUsdPerUnit and unitsPerHour are expected; both were given.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

function assertShare(utilization: unknown): void {
  if (typeof utilization === "number" && utilization >= 0 && utilization <= 1) return;
  const message = `a share from 0 to 1 is expected; ${describeValue(utilization)} was given.`;
  throw new GenblazeError("INVALID_OPTION", `compareDedicated(): utilization: ${message}`);
}

function cheaperOf(dedicatedUsd: number, serverlessUsd: number): DedicatedComparison["cheaper"] {
  const difference = serverlessUsd - dedicatedUsd;
  if (Math.abs(difference) <= SAME_SHARE * dedicatedUsd) return "same";
  return difference > 0 ? "dedicated" : "serverless";
}
