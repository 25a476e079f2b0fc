import { describe, expect, it } from "vitest";
import { Pipeline, type RunHandle, type RunOptions, type RunResult } from "../../src/index.js";
import { openWorld, type Sale, toThousandths, type World } from "./budget-world.js";

const scenarios = 500;
const runsOfScenario = 20; // together 10,000 runs

/** One whose steps the compiler does not know by name. */
interface AnyPipeline {
  step(provider: World["vendors"][number], options: object): AnyPipeline;
  start(options: RunOptions): RunHandle<unknown>;
}

/** A pipeline of a few steps, each with fallbacks, some hedged, some beside one another. */
function pipelineOf({ random, vendors }: World) {
  const pick = () => {
    const provider = vendors[random.isLucky(0.1) ? 2 : random.below(2)];
    if (provider === undefined) throw new Error("three vendors are expected");
    return { provider, model: "m" };
  };
  const tenantId = random.isLucky(0.6) ? `t${random.below(2)}` : undefined;
  let pipeline: AnyPipeline = new Pipeline("p", tenantId === undefined ? {} : { tenantId }) as never;
  const steps = 1 + random.below(3);
  for (let step = 0; step < steps; step++) {
    const { provider, model } = pick();
    const fallbacks = Array.from({ length: random.below(3) }, pick);
    pipeline = pipeline.step(provider, {
      name: `s${step}`,
      model,
      fallbacks,
      optional: random.isLucky(0.5),
      ...(fallbacks.length > 0 && random.isLucky(0.5) ? { hedge: { afterMs: 1 + random.below(1_500) } } : {}),
      ...(step > 0 && random.isLucky(0.5) ? { after: [`s${step - 1}`] } : {}),
      ...(random.isLucky(0.15) ? { timeoutMs: 1 + random.below(2_500) } : {}),
    });
  }
  return pipeline;
}

/** Runs, cancels, and resumes; gives the ids of those that went on. */
async function runAll(world: World): Promise<ReadonlySet<string>> {
  const { random, clock, runtime } = world;
  const resumed = new Set<string>();
  const caps = new Map<string, number>();
  let underWay = 0;
  let place = 0;
  const watchEnd = (handle: RunHandle<unknown>) => {
    underWay += 1;
    handle.result.then(goOn, (thrown) => world.faults.push(String(thrown))).finally(() => (underWay -= 1));
    if (random.isLucky(0.2)) clock.schedule(() => handle.cancel(), random.below(4_000));
  };
  const goOn = (result: RunResult<unknown>) => {
    if (result.status === "completed" || resumed.has(result.runId) || !random.isLucky(0.4)) return;
    resumed.add(result.runId);
    watchEnd(result.resume({ throwOnFailure: false, onUnknownSubmit: "resubmit" }));
  };
  const begin = () => {
    const runId = `r${place++}`;
    const cap = random.isLucky(0.3) ? 20 + random.below(150) : undefined;
    if (cap !== undefined) caps.set(runId, cap);
    const budget = cap === undefined ? {} : { budgetUsd: cap / 1_000 };
    watchEnd(pipelineOf(world).start({ runtime, runId, throwOnFailure: false, ...budget }));
  };
  while (place < runsOfScenario || underWay > 0) {
    while (place < runsOfScenario && random.isLucky(0.6)) begin();
    await clock.advanceToNext();
  }
  while (await clock.advanceToNext());
  for (const [runId, cap] of caps) checkRunCap(world, runId, cap, resumed.has(runId));
  return resumed;
}

/** What a run's own cap let through: never more at any request than it, but for what answers cost beyond their quotes. */
function checkRunCap({ sales, faults }: World, runId: string, cap: number, isResumed: boolean): void {
  if (isResumed) return;
  const own = [...sales.values()].filter((sale) => sale.runId === runId);
  const most = own.reduce((sum, sale) => sum + Math.min(countedOf(sale), sale.quote ?? 0), 0);
  if (most > cap) faults.push(`${runId} was let spend ${most} of ${cap}`);
}

/** What a sale counts as: its price, or what was reserved when nobody said one. */
function countedOf({ outcome, billed, quote = 0 }: Sale): number {
  return outcome === "free" ? 0 : outcome === "billed" ? billed : quote;
}

function compareBooks({ runtime, sales, changes }: World, resumed: ReadonlySet<string>) {
  const state = runtime.budget?.state();
  if (state === undefined) throw new Error("a budget is expected");
  const all = [...sales.values()];
  const spent = toThousandths(state.stands[0]?.spentUsd ?? 0);
  const exact = all.reduce((sum, sale) => sum + countedOf(sale), 0);
  // Of one that went on, a request may have been held to cost its quote before it was answered, or answered late.
  const mostOf = (sale: Sale) => Math.max(countedOf(sale), sale.quote ?? 0, sale.billedLate);
  const most = all.reduce((sum, sale) => sum + (resumed.has(sale.runId) ? mostOf(sale) : countedOf(sale)), 0);
  const told = changes.flatMap((change) => (change.type === "overrun" ? [toThousandths(change.overrunUsd)] : []));
  const reserved = state.stands.filter(({ reservedUsd }) => reservedUsd !== 0);
  return {
    isCounted: spent >= exact && spent <= most ? true : [spent, exact, most],
    overrun: [toThousandths(state.overrunUsd), told.reduce((sum, each) => sum + each, 0)],
    reserved,
  };
}

describe("budgets of runs with fallbacks and hedges", () => {
  it("are never passed at a reservation over 10,000 random runs, and end as the books of the vendors do", async () => {
    const seen = { submits: 0, resumed: 0, overruns: 0 };
    for (let seed = 1; seed <= scenarios; seed++) {
      const world = openWorld(seed);
      const resumed = await runAll(world);
      const { isCounted, overrun, reserved } = compareBooks(world, resumed);
      expect({ seed, faults: world.faults, isCounted, reserved }).toEqual({
        seed,
        faults: [],
        isCounted: true,
        reserved: [],
      });
      expect(overrun[0]).toBe(overrun[1]);
      seen.submits += world.sales.size;
      seen.resumed += resumed.size;
      seen.overruns += world.changes.filter(({ type }) => type === "overrun").length;
    }
    expect(seen.submits).toBeGreaterThan(5_000);
    expect([seen.resumed > 500, seen.overruns > 500]).toEqual([true, true]);
  });
});
