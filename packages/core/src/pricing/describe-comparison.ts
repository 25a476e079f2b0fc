/** What the sentence is made of. */
export interface ComparisonFacts {
  readonly cheaper: "dedicated" | "serverless" | "same";
  readonly utilization: number;
  readonly dedicatedUsdPerMonth: number;
  readonly idleUsdPerMonth: number;
  readonly serverlessUsdPerMonth: number;
  readonly breakEvenUtilization: number;
}

const OUTCOMES = {
  dedicated: "Dedicated is cheaper",
  serverless: "Serverless is cheaper",
  same: "Both cost the same",
} as const;

/** The outcome of a comparison in one sentence. */
export function describeComparison(facts: ComparisonFacts): string {
  const outcome = `${OUTCOMES[facts.cheaper]} at ${percent(facts.utilization)} use`;
  const dedicated = `dedicated ${dollars(facts.dedicatedUsdPerMonth)} a month, ${dollars(facts.idleUsdPerMonth)} of it idle`;
  const serverless = `serverless ${dollars(facts.serverlessUsdPerMonth)}`;
  return `${outcome}: ${dedicated}; ${serverless}; ${turningPoint(facts.breakEvenUtilization)}.`;
}

function turningPoint(breakEven: number): string {
  return breakEven > 1 ? "dedicated costs more even at 100 % use" : `dedicated pays from ${percent(breakEven)} use`;
}

function dollars(usd: number): string {
  return `$${usd.toFixed(2).replace(/\B(?=(?:\d{3})+\.)/g, ",")}`;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
