import { cleanText } from "../report/clean-text.js";
import type { GuardVerdict } from "./guard.js";

/** A guard with nothing against what it saw. */
export const ALLOWED: GuardVerdict = Object.freeze({ allowed: true });

/** A verdict that refuses; texts from outside in the reason become one line without controls. */
export function reject(reason: string, categories: readonly string[] = []): GuardVerdict {
  const shown = cleanText(reason);
  return categories.length === 0 ? { allowed: false, reason: shown } : { allowed: false, reason: shown, categories };
}

/** A verdict that lets pass, with what nobody could look at; nothing to tell is a plain yes. */
export function allowExcept(gaps: readonly string[]): GuardVerdict {
  return gaps.length === 0 ? ALLOWED : { allowed: true, notChecked: cleanText([...new Set(gaps)].join("; ")) };
}
