import type { Guard } from "./guard.js";
import { assertGuards, joinGuards } from "./guard-list.js";
import { allowExcept } from "./verdicts.js";

/**
 * Lets pass what all of the guards let pass. They are asked in order, and the first rejection counts, so put the cheap
 * ones first. What one of them could not look at is told. INVALID_OPTION for no guard, and for what is none.
 *
 * @example
 * allOf(textLimits(), wordList(["gore"]));
 */
export function allOf(...guards: readonly Guard[]): Guard {
  assertGuards(guards, "allOf(...guards)");
  return joinGuards("all of", guards, async (asked, ask) => {
    const gaps: string[] = [];
    for (const guard of asked) {
      const verdict = await ask(guard);
      if (!verdict.allowed) return verdict;
      if (verdict.notChecked !== undefined) gaps.push(verdict.notChecked);
    }
    return allowExcept(gaps);
  });
}
