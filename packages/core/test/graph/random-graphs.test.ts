import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRuntime, type Journal, memoryJournal, type RunOptions, type RunResult } from "../../src/index.js";
import { createFakeClock, scriptedAsset } from "../support.js";
import { finish, worker } from "./graph-support.js";
import { buildPipeline, type ScopeSpec, scopes } from "./random-pipelines.js";
import { execute, wordsOf } from "./reference-executor.js";

/** A number that follows from a text and a seed alone. */
function numberOf(text: string, seed: number): number {
  let hash = seed | 0;
  for (let place = 0; place < text.length; place++)
    hash = Math.imul(hash ^ text.charCodeAt(place), 2_654_435_761) ^ (hash >>> 13);
  return hash >>> 1;
}

interface Chance {
  readonly failing: number;
  readonly percent: number;
}

const failsBy =
  ({ failing, percent }: Chance) =>
  (key: string) =>
    numberOf(key, failing) % 100 < percent;

/** Draws what it is told, after a time that follows from the step's name; `isDown` is a vendor that is out of order. */
function painterOf(chance: Chance, delays: number, isDown: (call: number) => boolean = () => false) {
  const fails = failsBy(chance);
  const keyOf = ({ model, prompt }: { readonly model: string; readonly prompt: string | undefined }) =>
    model === "m" ? `${prompt}` : `${prompt}.${model}`;
  return worker({
    name: "painter",
    yields: "image",
    accepts: ["image"],
    takesMs: (request) => (numberOf(keyOf(request), delays) % 4) * 10,
    give: (request, call) => {
      const key = keyOf(request);
      if (isDown(call)) throw new Error("out of order");
      if (fails(key)) throw new Error(`${key} fails`);
      const inputs = request.inputs.map(({ asset }) => asset.sha256 ?? "");
      return { assets: [scriptedAsset("image/x-scripted", wordsOf(key, inputs))] };
    },
  });
}

type Painter = ReturnType<typeof painterOf>;

/** A journal that answers late, one entry sooner and another later; 0 answers all at once. */
function slowJournal(turns: number): Journal {
  const memory = memoryJournal();
  return {
    ...memory,
    async append(entry) {
      await memory.append(entry);
      const late = turns === 0 ? 0 : numberOf(`${entry.transition.state} ${entry.sequence}`, turns) % 6;
      for (let turn = 0; turn < late; turn++) await Promise.resolve();
    },
  };
}

function start(spec: ScopeSpec, painter: Painter, options: RunOptions = {}, turns = 0) {
  const clock = createFakeClock();
  const journal = slowJournal(turns);
  const runtime = createRuntime({ clock, journal });
  const handle = buildPipeline(spec, painter).start({ input: "", runtime, throwOnFailure: false, ...options });
  return { clock, handle, journal };
}

async function run(spec: ScopeSpec, painter: Painter, options: RunOptions = {}, turns = 0) {
  const { clock, handle } = start(spec, painter, options, turns);
  return (await finish(handle, clock)).result;
}

async function transitionsOf(journal: Journal, runId: string): Promise<readonly string[]> {
  const states: string[] = [];
  for await (const { transition } of journal.read(runId)) states.push(transition.state);
  return states;
}

/** What a run gave, in a form that runs can be compared by. */
function shownOf(ended: RunResult) {
  return {
    status: ended.status,
    states: Object.fromEntries(ended.facts.steps.map(({ key, state }) => [key, state])),
    assets: Object.fromEntries(
      ended.facts.steps.map(({ key }) => [key, ended.step(key).assets.map(({ sha256 }) => sha256)]),
    ),
    hash: ended.manifest.canonicalHash,
  };
}

const chances = fc.record({ failing: fc.nat(), percent: fc.constantFrom(0, 15, 40) });
const settings = { numRuns: 150 };

describe("a random graph", () => {
  it("ends as the rules say, step by step, whatever takes how long and however many run at once", async () => {
    await fc.assert(
      fc.asyncProperty(scopes(0, false), chances, fc.nat(), async (spec, chance, delays) => {
        const expected = execute(spec, failsBy(chance));
        const hashes = new Set<string>();
        for (const [round, concurrency] of [undefined, 1, 2, 5].entries()) {
          const result = await run(
            spec,
            painterOf(chance, delays + round),
            concurrency === undefined ? {} : { concurrency },
            round % 2 === 0 ? 0 : delays,
          );
          const shown = shownOf(result);
          const states = Object.fromEntries([...expected.steps].map(([key, { state }]) => [key, state]));
          expect(shown.states).toEqual(states);
          expect(shown.assets).toEqual(
            Object.fromEntries([...expected.steps].map(([key, { assets }]) => [key, assets])),
          );
          expect(shown.status).toBe(expected.status);
          for (const { key, state, reason } of result.facts.steps) {
            if (state === "skipped") expect(expected.steps.get(key)?.reasons).toContain(reason);
          }
          expect(result.manifest.report().hashOk).toBe(true);
          hashes.add(shown.hash);
        }
        expect(hashes.size).toBe(1);
      }),
      settings,
    );
  });

  it("ends the same when it is cancelled at any event and resumed, and pays for nothing that succeeded again", async () => {
    await fc.assert(
      fc.asyncProperty(
        scopes(0, false),
        chances,
        fc.nat(),
        fc.nat(40),
        fc.nat(3),
        async (spec, chance, delays, at, turns) => {
          const whole = shownOf(await run(spec, painterOf(chance, delays)));
          const painter = painterOf(chance, delays);
          const { clock, handle, journal } = start(spec, painter, {}, turns);
          handle.on("*", ({ sequence }) => sequence === at && handle.cancel());
          const cut = (await finish(handle, clock)).result;
          const paid = new Set(
            cut.facts.steps.filter(({ kind, state }) => kind === "step" && state === "succeeded").map(({ key }) => key),
          );
          for (const { state } of cut.facts.steps)
            expect(["ready", "running", "planned", "waiting"]).not.toContain(state);
          const written = await transitionsOf(journal, cut.runId);
          expect(written.indexOf("run.ended")).toBe(written.length - 1);
          const before = painter.asked.length;
          const resumed = (await finish(cut.resume(), clock)).result;
          expect(shownOf(resumed)).toEqual(whole);
          const askedAgain = painter.asked
            .slice(before)
            .map(({ model, prompt }) => (model === "m" ? prompt : `${prompt}.${model}`));
          expect(askedAgain.filter((key) => paid.has(key ?? ""))).toEqual([]);
        },
      ),
      settings,
    );
  });

  it("ends the same when its vendor is out of order from some call on, and it is resumed", async () => {
    await fc.assert(
      fc.asyncProperty(scopes(0, true), chances, fc.nat(), fc.nat(8), async (spec, chance, delays, from) => {
        const whole = shownOf(await run(spec, painterOf(chance, delays)));
        let isDown = true;
        const painter = painterOf(chance, delays, (call) => isDown && call >= from);
        const { clock, handle } = start(spec, painter, { concurrency: 2 });
        const cut = (await finish(handle, clock)).result;
        isDown = false;
        const resumed = (await finish(cut.resume({ throwOnFailure: false }), clock)).result;
        expect(shownOf(resumed)).toEqual(whole);
      }),
      settings,
    );
  });
});
