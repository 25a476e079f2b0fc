import type { JsonValue } from "@genblaze/core";

/** An answer, or what is wrong with what was typed. */
export type TypedAnswer = { readonly answer: JsonValue } | { readonly problem: string };

/** What a person typed: yes, no or numbers where there are so many choices; else JSON, which always does. */
export function parseAnswer(typed: string, choices: number | undefined): TypedAnswer {
  const words = typed.trim();
  if (choices !== undefined) {
    if (/^(y|yes)$/i.test(words)) return { answer: { approved: true } };
    if (/^(n|no)$/i.test(words)) return { answer: { approved: false } };
    if (/^\d{1,9}([\s,]+\d{1,9})*$/.test(words)) return chosen(words.split(/[\s,]+/).map(Number), choices);
  }
  try {
    // JSON.parse gives nothing but JSON values.
    return { answer: JSON.parse(words) as JsonValue };
  } catch {
    return { problem: choices === undefined ? "That is not JSON." : "Type yes, no, numbers like 0 2, or JSON." };
  }
}

function chosen(places: readonly number[], choices: number): TypedAnswer {
  const missing = places.find((place) => place >= choices);
  if (missing === undefined) return { answer: { approved: true, choose: [...places] } };
  return { problem: `There is no choice ${missing}; they are numbered 0 to ${choices - 1}.` };
}
