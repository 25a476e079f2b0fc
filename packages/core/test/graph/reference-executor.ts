import { sha256OfBytes } from "../../src/json/sha256-of-bytes.js";
import type { JoinPolicy } from "../../src/pipeline/definition.js";
import { armName, MAX_ROUNDS, nameOf, type ScopeSpec, type StepSpec } from "./random-pipelines.js";

export type EndState = "succeeded" | "failed" | "skipped";

/** What must have come of a step. */
export interface Expected {
  readonly state: EndState;
  /** The hashes of its assets. */
  readonly assets: readonly string[];
  /** Texts of which one is the reason for its skip. */
  readonly reasons: readonly string[];
}

interface Outcome {
  readonly state: EndState;
  readonly assets: readonly string[];
}

/** The words that the painter makes for a step: they follow from its name and from what it took. */
export const wordsOf = (key: string, inputs: readonly string[]) => `${key} of ${inputs.join(" ")}`;

/**
 * What comes of a random graph, by the rules of the documentation and one step after the other: no clock, no promises,
 * nothing of the engine.
 */
export function execute(spec: ScopeSpec, fails: (key: string) => boolean) {
  const all = new Map<string, Expected>();
  const outcome = runScope(spec, "", [], { all, fails });
  return { steps: all, status: outcome.state === "failed" ? "failed" : "completed" };
}

interface Context {
  readonly all: Map<string, Expected>;
  readonly fails: (key: string) => boolean;
}

function runScope(spec: ScopeSpec, path: string, given: readonly string[], context: Context): Outcome {
  const ended: Expected[] = [];
  for (const [place, step] of spec.entries()) {
    const key = `${path}${nameOf(place)}`;
    const reasons = whySkipped(spec, step, ended, path);
    const taken = [
      ...(step.takesGiven && path !== "" ? given : []),
      ...step.inputs.flatMap((from) => ended[from]?.assets ?? []),
    ];
    const expected: Expected =
      reasons.length > 0
        ? { state: "skipped", assets: [], reasons }
        : { ...runStep(step, key, taken, context), reasons };
    ended.push(expected);
    context.all.set(key, expected);
  }
  if (!isComplete(spec, ended)) return { state: "failed", assets: [] };
  const last = ended.at(-1);
  return last?.state === "succeeded" ? last : { state: "skipped", assets: [] };
}

/** Needed steps that did not succeed, or too few of those that it can choose from, or its own condition. */
function whySkipped(spec: ScopeSpec, step: StepSpec, ended: readonly Expected[], path: string): string[] {
  const isGood = (from: number) => ended[from]?.state === "succeeded";
  const because = (from: number) => `"${path}${nameOf(from)}" did not succeed.`;
  // Every step of a pipeline that has an input reads it, but that is no step.
  const canMiss = (from: number) =>
    !step.after.includes(from) && (step.join !== "all" || spec[from]?.optional === true);
  const needed = [...new Set([...step.inputs, ...step.after])].filter(
    (from) => !step.inputs.includes(from) || !canMiss(from),
  );
  const missing = needed.filter((from) => !isGood(from));
  if (missing.length > 0) return missing.map(because);
  const choice = step.inputs.filter(canMiss);
  const wanted =
    step.join === "all" ? Number(choice.length > 0 && choice.length === step.inputs.length) : countOf(step.join);
  const have = step.inputs.filter(isGood).length;
  if (have < wanted)
    return choice
      .filter((from) => !isGood(from))
      .slice(0, 1)
      .map(because);
  return step.when === false ? [`its condition on input gave false.`] : [];
}

const countOf = (policy: JoinPolicy) => (policy === "all" ? Number.NaN : policy === "any" ? 1 : policy.atLeast);

function isComplete(spec: ScopeSpec, ended: readonly Expected[]): boolean {
  const isFine = ended.map(() => false);
  for (const [place, { state, reasons }] of ended.entries()) {
    const step = spec[place];
    const followers = spec.flatMap((other, index) =>
      [...other.inputs, ...other.after].includes(place) ? [index] : [],
    );
    const isDoneWithout =
      followers.length > 0 &&
      followers.every((index) => {
        const follower = spec[index];
        const isFree = follower !== undefined && follower.join !== "all" && !follower.after.includes(place);
        return isFree && ended[index]?.state === "succeeded";
      });
    // A step that was skipped for another one is as fine as that one is.
    const causes = reasons.flatMap((reason) => /s(\d+)" did not/.exec(reason)?.[1] ?? []).map(Number);
    const isSkippedFine = causes.length === 0 || causes.some((cause) => isFine[cause] === true);
    isFine[place] =
      state === "succeeded" || step?.optional === true || (state === "failed" ? isDoneWithout : isSkippedFine);
  }
  return isFine.every(Boolean);
}

function runStep(step: StepSpec, key: string, taken: readonly string[], context: Context): Outcome {
  const failed: Outcome = { state: "failed", assets: [] };
  const paint = (name: string): Outcome => {
    if (context.fails(name)) return failed;
    return { state: "succeeded", assets: [sha256OfBytes(new TextEncoder().encode(wordsOf(name, taken)))] };
  };
  const runArm = (arm: ScopeSpec | "target", name: string): Outcome => {
    if (arm !== "target") return runScope(arm, `${name}.`, taken, context);
    const outcome = paint(name);
    context.all.set(name, { ...outcome, reasons: [] });
    return outcome;
  };
  const orFail = (outcome: Outcome) => (outcome.state === "succeeded" ? outcome : failed);
  switch (step.kind) {
    case "step":
      return paint(key);
    case "pipeline":
      return orFail(runScope(step.body, `${key}.`, taken, context));
    case "map": {
      const items = Array.from({ length: step.items }, (_, item) =>
        runScope(step.body, `${key}[${item}].`, taken, context),
      );
      return together(items, step.enough) ?? failed;
    }
    case "fan-out":
      return (
        together(
          step.arms.map((arm, index) => runArm(arm, `${key}.${armName(index)}`)),
          step.enough,
        ) ?? failed
      );
    case "route": {
      const arm = step.taken % step.arms.length;
      for (const [index, other] of step.arms.entries()) {
        if (index === arm) continue;
        const names = other === "target" ? [""] : other.map((_, place) => `.${nameOf(place)}`);
        const reasons = [`${key} took "${armName(arm)}".`];
        for (const name of names)
          context.all.set(`${key}.${armName(index)}${name}`, { state: "skipped", assets: [], reasons });
      }
      return orFail(runArm(step.arms[arm] ?? "target", `${key}.${armName(arm)}`));
    }
    case "loop":
      return runRounds(step.body, step.passAt, key, taken, context);
  }
}

/** What all that succeeded gave, when they are enough; those left out by choice do not count. */
function together(outcomes: readonly Outcome[], enough: JoinPolicy): Outcome | undefined {
  const wanted = outcomes.filter(({ state }) => state !== "skipped");
  const good = wanted.filter(({ state }) => state === "succeeded");
  const needed = enough === "all" ? wanted.length : enough === "any" ? Math.min(1, outcomes.length) : enough.atLeast;
  return good.length < needed ? undefined : { state: "succeeded", assets: good.flatMap(({ assets }) => assets) };
}

function runRounds(body: ScopeSpec, passAt: number, key: string, taken: readonly string[], context: Context): Outcome {
  const rounds: Outcome[] = [];
  while (rounds.length < MAX_ROUNDS) {
    const outcome = runScope(body, `${key}[${rounds.length}].`, taken, context);
    if (outcome.state !== "succeeded") break;
    rounds.push(outcome);
    if (rounds.length >= passAt) return outcome;
  }
  return rounds[0] ?? { state: "failed", assets: [] };
}
