import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../test/thrown.js";
import { type CompareDedicatedOptions, compareDedicated } from "./compare-dedicated.js";

/** An H100 by the hour, and the same hour of work at 1.25 times its rate. */
const h100: CompareDedicatedOptions = { dedicatedUsdPerHour: 2, serverlessUsdPerHour: 2.5, utilization: 0.4 };

describe("compareDedicated", () => {
  it("says that an H100 of $2.00 an hour which works 40 % of a month idles for $864", () => {
    expect(compareDedicated(h100)).toEqual({
      dedicatedUsdPerMonth: 1440,
      usedUsdPerMonth: 576,
      idleUsdPerMonth: 864,
      serverlessUsdPerMonth: 720,
      breakEvenUtilization: 0.8,
      cheaper: "serverless",
      verdict:
        "Serverless is cheaper at 40 % use: dedicated $1,440.00 a month, $864.00 of it idle; serverless $720.00; dedicated pays from 80 % use.",
    });
  });

  it("pays from 70 to 80 % use when serverless costs 1.43 to 1.25 times as much an hour", () => {
    expect(compareDedicated({ ...h100, serverlessUsdPerHour: 2 / 0.7 }).breakEvenUtilization).toBeCloseTo(0.7, 12);
    expect(compareDedicated({ ...h100, utilization: 0.79 }).cheaper).toBe("serverless");
    expect(compareDedicated({ ...h100, utilization: 0.8 }).cheaper).toBe("same");
    expect(compareDedicated({ ...h100, utilization: 0.81 }).cheaper).toBe("dedicated");
    expect(compareDedicated({ ...h100, utilization: 0.8 }).verdict).toMatch(/^Both cost the same at 80 % use: /);
    expect(compareDedicated({ ...h100, utilization: 1 }).verdict).toMatch(/^Dedicated is cheaper at 100 % use: /);
  });

  it("makes the hourly rate of a price by unit and the units of an hour", () => {
    const { serverlessUsdPerHour: _, ...rest } = h100;
    const byUnit = { ...rest, serverlessUsdPerUnit: 0.025, unitsPerHour: 100 };
    expect(compareDedicated(byUnit)).toEqual(compareDedicated(h100));
  });

  it("says when renting never pays", () => {
    const { breakEvenUtilization, cheaper, verdict } = compareDedicated({ ...h100, serverlessUsdPerHour: 1 });
    expect(breakEvenUtilization).toBe(2);
    expect(cheaper).toBe("serverless");
    expect(verdict).toMatch(/; dedicated costs more even at 100 % use\.$/);
  });

  it("counts the hours of the month it is given", () => {
    expect(compareDedicated({ ...h100, hoursPerMonth: 744 }).dedicatedUsdPerMonth).toBe(1488);
  });

  it("calls dedicated cheaper above the break-even use and serverless below it", () => {
    const rate = fc.double({ min: 0.01, max: 100, noNaN: true });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(rate, rate, share, (dedicatedUsdPerHour, serverlessUsdPerHour, utilization) => {
        const outcome = compareDedicated({ dedicatedUsdPerHour, serverlessUsdPerHour, utilization });
        const distance = utilization / outcome.breakEvenUtilization - 1;
        if (Math.abs(distance) > 1e-9) expect(outcome.cheaper).toBe(distance > 0 ? "dedicated" : "serverless");
      }),
    );
  });

  it.each<Partial<CompareDedicatedOptions>>([
    { dedicatedUsdPerHour: 0 },
    { dedicatedUsdPerHour: Number.NaN },
    { serverlessUsdPerHour: -1 },
    { hoursPerMonth: 0 },
    { utilization: 40 },
    { utilization: -0.1 },
    { utilization: Number.NaN },
    { serverlessUsdPerUnit: 1, unitsPerHour: 1 },
  ])("refuses %j", (wrong) => {
    expect(codeOf(() => compareDedicated({ ...h100, ...wrong }))).toBe("INVALID_OPTION");
  });

  it("needs a serverless rate", () => {
    expect(codeOf(() => compareDedicated({ dedicatedUsdPerHour: 2, utilization: 0.4 }))).toBe("INVALID_OPTION");
    const half = { dedicatedUsdPerHour: 2, utilization: 0.4, serverlessUsdPerUnit: 1 };
    expect(codeOf(() => compareDedicated(half))).toBe("INVALID_OPTION");
  });
});
