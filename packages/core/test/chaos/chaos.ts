import type { VendorKind } from "../../../fakes/src/index.js";
import { atATime } from "./at-a-time.js";
import type { ChaosVerdict } from "./chaos-case.js";
import { chaosCases } from "./chaos-cases.js";
import { mixedChaos } from "./mixed-chaos.js";
import { runChaosCase } from "./run-chaos-case.js";
import { fileCases, runFileCase } from "./run-file-case.js";

export interface ChaosOptions {
  readonly kinds: readonly VendorKind[];
  /** How many runs meet faults by chance, for each kind of vendor. */
  readonly runs: number;
  readonly seed: number;
  /** Of how many cases one is run. @default 1: each is */
  readonly oneCaseOf?: number;
  /** No wait that a vendor asks for is longer. @default as long as retries wait */
  readonly longestRetryAfterMs?: number;
  /** Told of each case and run that has ended. */
  readonly onVerdict?: (verdict: ChaosVerdict) => void;
}

/** Most of the time they wait. */
const CASES_AT_A_TIME = 16;

/** Every known fault by itself, with the end that it must have; then runs of a graph that meet many by chance. */
export async function chaosTest(options: ChaosOptions): Promise<readonly ChaosVerdict[]> {
  const { kinds, runs, seed, oneCaseOf = 1, onVerdict = () => undefined, ...waits } = options;
  const isChosen = (_: unknown, index: number) => index % oneCaseOf === 0;
  const told = async (work: Promise<ChaosVerdict>) => {
    const verdict = await work;
    onVerdict(verdict);
    return verdict;
  };
  const cases = chaosCases()
    .filter(({ kind }) => kinds.includes(kind))
    .filter(isChosen);
  const verdicts = await atATime(CASES_AT_A_TIME, cases, (given) => told(runChaosCase(given, waits)));
  const files = fileCases().filter(isChosen);
  verdicts.push(...(await atATime(CASES_AT_A_TIME, files, (given) => told(runFileCase(given)))));
  for (const kind of kinds) verdicts.push(...(await mixedChaos({ kind, runs, seed, onVerdict })));
  return verdicts;
}

/** What is counted over all of them. */
export interface ChaosTotals {
  readonly cases: number;
  /** How many ended otherwise than they must. */
  readonly wrong: number;
  readonly paidTwice: number;
  /** How many left something behind. */
  readonly leaked: number;
}

export function totalsOf(verdicts: readonly ChaosVerdict[]): ChaosTotals {
  return {
    cases: verdicts.length,
    wrong: verdicts.filter(({ wrong }) => wrong.length > 0).length,
    paidTwice: verdicts.reduce((sum, { paidTwice }) => sum + paidTwice, 0),
    leaked: verdicts.filter(({ leaked }) => leaked.length > 0).length,
  };
}
