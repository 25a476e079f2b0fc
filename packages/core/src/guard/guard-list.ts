import { GenblazeError } from "../errors/genblaze-error.js";
import { describeValue } from "../options/describe-value.js";
import type { Guard, GuardVerdict, OutputCheck, PromptCheck } from "./guard.js";

/** Asks one guard at the stage that is under way. */
export type Ask = (guard: Guard) => GuardVerdict | Promise<GuardVerdict>;

/** INVALID_OPTION unless there is at least one guard, and nothing but guards. */
export function assertGuards(guards: readonly unknown[], where: string): void {
  if (guards.length === 0) throw invalid(where, "at least one guard is expected; none was given.");
  const wrong = guards.findIndex((guard) => !isGuard(guard));
  if (wrong === -1) return;
  const expected = "a guard is expected: an object with a name and checkPrompt, checkOutput or both";
  throw invalid(where, `entry ${wrong}: ${expected}; ${describeValue(guards[wrong])} was given.`);
}

/** A guard of several: at each stage, `judge` gets those that look at it. It looks where at least one of them does. */
export function joinGuards(
  name: string,
  guards: readonly Guard[],
  judge: (guards: readonly Guard[], ask: Ask, check: PromptCheck | OutputCheck) => Promise<GuardVerdict>,
): Guard {
  const ofPrompts = guards.filter(({ checkPrompt }) => checkPrompt !== undefined);
  const ofOutputs = guards.filter(({ checkOutput }) => checkOutput !== undefined);
  const checkPrompt = (check: PromptCheck) =>
    judge(ofPrompts, (guard) => guard.checkPrompt?.(check) ?? nothingSaid, check);
  const checkOutput = (check: OutputCheck) =>
    judge(ofOutputs, (guard) => guard.checkOutput?.(check) ?? nothingSaid, check);
  return {
    name: `${name} (${guards.map((guard) => guard.name).join(", ")})`,
    ...(ofPrompts.length === 0 ? {} : { checkPrompt }),
    ...(ofOutputs.length === 0 ? {} : { checkOutput }),
  };
}

const nothingSaid: GuardVerdict = { allowed: false, reason: "A guard gave no verdict." };

function isGuard(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const checks = [Reflect.get(value, "checkPrompt"), Reflect.get(value, "checkOutput")].filter(isGiven);
  return (
    typeof Reflect.get(value, "name") === "string" &&
    checks.length > 0 &&
    checks.every((check) => typeof check === "function")
  );
}

function isGiven(value: unknown): boolean {
  return value !== undefined;
}

function invalid(where: string, problem: string): GenblazeError {
  return new GenblazeError("INVALID_OPTION", `${where}: ${problem}`);
}
