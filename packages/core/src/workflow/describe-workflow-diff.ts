import { showText, showValue } from "../diff/show.js";
import { assertNever } from "../internal/assert-never.js";
import type { WordChange } from "./diff-words.js";
import type { WorkflowChange, WorkflowDiff } from "./diff-workflows.js";

// Enough around a change to find it in a long prompt.
const CONTEXT_CHARACTERS = 40;
const WORDS_CHARACTERS = 400;

/** A diff as lines for people: long values shortened, words of prompts as `[-gone-]` and `{+new+}`. */
export function describeWorkflowDiff({ isSame, leftId, rightId, changes }: WorkflowDiff): readonly string[] {
  // In full, since a store gives a version only for its whole id.
  const ids = `${leftId} -> ${rightId}`;
  if (isSame) return [`${ids}: the same version`];
  const count = changes.length === 1 ? "1 change" : `${changes.length} changes`;
  return [`${ids}: ${count}`, ...changes.map((change) => `  ${describeChange(change)}`)];
}

function describeChange(change: WorkflowChange): string {
  if (change.kind === "workflow") return `${showText(change.field)}: ${fromTo(change)}`;
  const step = `step ${showText(change.step)}`;
  switch (change.kind) {
    case "added":
      return `${step} was added: ${showText(change.maker)}`;
    case "removed":
      return `${step} was removed: ${showText(change.maker)}`;
    case "moved":
      return `${step} moved from place ${change.from + 1} to ${change.to + 1}`;
    case "changed":
      return `${step} ${showText(change.field)}: ${fromTo(change)}`;
    case "prompt":
      return `${step} prompt: ${describeWords(change.words)}`;
    case "edges":
      return `${step} edges: ${[...change.added.map((edge) => `+ ${showText(edge)}`), ...change.removed.map((edge) => `- ${showText(edge)}`)].join("; ")}`;
    default:
      return assertNever(change);
  }
}

function fromTo({ left, right }: Extract<WorkflowChange, { readonly kind: "workflow" | "changed" }>): string {
  return `${showValue(left)} -> ${showValue(right)}`;
}

function describeWords(words: readonly WordChange[]): string {
  const text = words.map((part) => {
    const trimmed = part.text.trimEnd();
    const blank = part.text.slice(trimmed.length);
    if (part.kind === "removed") return `[-${trimmed}-]${blank}`;
    return part.kind === "added" ? `{+${trimmed}+}${blank}` : shorten(part.text);
  });
  return showText(text.join(""), WORDS_CHARACTERS);
}

function shorten(text: string): string {
  if (text.length <= 2 * CONTEXT_CHARACTERS) return text;
  return `${text.slice(0, CONTEXT_CHARACTERS).toWellFormed()} ... ${text.slice(-CONTEXT_CHARACTERS).toWellFormed()}`;
}
