import type { Guard } from "./guard.js";
import { assertGuards, joinGuards } from "./guard-list.js";
import { ALLOWED, allowExcept, reject } from "./verdicts.js";

/**
 * Lets pass what one of the guards lets pass. They are asked in order until one says yes. A guard that could not look
 * says neither yes nor no: when no other says yes, one rejection is enough. INVALID_OPTION for no guard, and for what
 * is none.
 *
 * @example
 * anyOf(outputFormat({ minWidth: 1920 }), outputFormat({ minHeight: 1920 }));
 */
export function anyOf(...guards: readonly Guard[]): Guard {
  assertGuards(guards, "anyOf(...guards)");
  return joinGuards("any of", guards, async (asked, ask) => {
    const reasons: string[] = [];
    const categories: string[] = [];
    const gaps: string[] = [];
    for (const guard of asked) {
      const verdict = await ask(guard);
      if (!verdict.allowed) {
        reasons.push(verdict.reason);
        categories.push(...(verdict.categories ?? []));
      } else if (verdict.notChecked === undefined) return ALLOWED;
      else gaps.push(verdict.notChecked);
    }
    return reasons.length === 0 ? allowExcept(gaps) : reject(reasons.join(" "), [...new Set(categories)]);
  });
}
