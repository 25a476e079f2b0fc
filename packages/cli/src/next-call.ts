import type { JsonObject, JsonValue, RunResult, StepResult } from "@genblaze/core";
import { summarizeRun } from "@genblaze/core/journal";
import type { CommandCall } from "./command.js";
import type { OpenedJournal } from "./journal-of.js";
import { showText } from "./show-text.js";
import { linesOf, type ShownChoice } from "./shown-choice.js";

const DEFAULT_CACHE = ".genblaze-cache";

/** What a call leaves open: the questions by the names of the steps that wait, and the answers that were given. */
export interface OpenQuestions {
  readonly questions: ReadonlyMap<string, JsonObject>;
  readonly answers: JsonObject;
}

/** What the next call has to know of the run that rests. */
export interface RestingRun extends OpenQuestions {
  readonly waiting: readonly string[];
  /** What may be chosen, with a file of each, by the names of the steps that ask. */
  readonly choices: Readonly<Record<string, readonly ShownChoice[]>>;
  /** Whether some of its steps are private, which no cache of the command line keeps. */
  readonly hasPrivateSteps: boolean;
  /** A place for the opening of the next run; that of this one is taken. */
  readonly opening: string | undefined;
}

/** How to go on with a run that did not complete. */
export interface GoingOn {
  /** A command that can be pasted into a shell. */
  readonly call: string;
  readonly lines: readonly string[];
}

/** How to go on with a run: by its journal, or as a new run with the answers; undefined when nothing of it is kept. */
export async function goingOn(
  call: CommandCall,
  { kept, module }: { readonly kept: OpenedJournal | undefined; readonly module: string },
  { runId, steps }: Pick<RunResult, "runId" | "steps">,
  resting: RestingRun,
): Promise<GoingOn | undefined> {
  if (kept !== undefined) {
    const overview = await summarizeRun(kept.journal.read(runId));
    const next = resumeCall(call, { kept, module, runId, needsInput: overview?.needsInput === true }, resting);
    const how = "Go on with this call (what is done is in the journal and is not paid for again):";
    return {
      call: next,
      lines: [...linesOfWaiting(resting), ...linesOfDoubt(steps), ...linesOfBudget(steps), how, `  ${next}`],
    };
  }
  if (resting.waiting.length === 0) return undefined;
  const next = nextCall(call, resting);
  return { call: next, lines: [...linesOfWaiting(resting), howToAnswer(call, resting), `  ${next}`] };
}

function linesOfWaiting({ waiting, questions, choices }: RestingRun): readonly string[] {
  return waiting.flatMap((step) => {
    const question = questions.get(step)?.question;
    return [
      `"${step}" waits for an answer${typeof question === "string" ? `: ${showText(question)}` : ""}`,
      ...linesOf(choices[step] ?? []),
    ];
  });
}

/** The names of steps that failed with a code, those inside nodes too. */
function namesOfFailed(steps: readonly StepResult[], code: string): string {
  const all = (some: readonly StepResult[]): readonly StepResult[] =>
    some.flatMap((step) => [step, ...step.parts.flatMap((part) => all(part.steps))]);
  const failed = all(steps).filter(({ error, parts }) => error?.code === code && parts.length === 0);
  return failed.map(({ name }) => `"${name}"`).join(", ");
}

/** With the same budget the same would be said again. */
function linesOfBudget(steps: readonly StepResult[]): readonly string[] {
  const names = namesOfFailed(steps, "BUDGET_EXCEEDED");
  return names === "" ? [] : [`${names} would cost more than the budget has left: give the run more, --budget USD.`];
}

/** Without that option the same would be said again. */
function linesOfDoubt(steps: readonly StepResult[]): readonly string[] {
  const names = namesOfFailed(steps, "SUBMIT_UNKNOWN");
  if (names === "") return [];
  return [
    `${names} may be paid for already: look at the jobs of your account there. To ask again all the same, add --on-unknown-submit resubmit.`,
  ];
}

interface KeptRun {
  readonly kept: OpenedJournal;
  readonly module: string;
  readonly runId: string;
  /** Its input is not in the journal. */
  readonly needsInput: boolean;
}

/** The call that goes on with a run of a journal, with the options of this one that still count. */
function resumeCall(
  { values, terminal }: CommandCall,
  { kept, module, runId, needsInput }: KeptRun,
  resting: RestingRun,
): string {
  // What a retry was told is done, or is what is left to do.
  const { "run-id": _, from: _from, yes: _yes, input, answers: _answers, ...others } = values;
  const all: CommandCall["values"] = {
    journal: kept.folder,
    ...others,
    module,
    ...(needsInput ? { input } : {}),
    opening: resting.opening,
    ...(resting.waiting.length === 0 ? {} : { answers: JSON.stringify(answersFor(resting)) }),
  };
  return [...commandOf(terminal), "runs", "resume", quoted(runId), ...optionsOf(all)].join(" ");
}

function howToAnswer({ values }: CommandCall, { hasPrivateSteps }: RestingRun): string {
  if (values.cache === undefined) {
    return "No cache, so the next call makes its outputs anew and pays for them. Give it a cache, look at what it made, and answer then:";
  }
  return hasPrivateSteps
    ? "Answer with this call (private steps are made anew and paid for again, as no cache keeps them; the others come from the cache):"
    : "Answer with this call (what was made comes from the cache and is not paid for again):";
}

/** The call that begins anew: with the answers where the work is in a cache, else with a cache. */
function nextCall({ positionals, values, terminal }: CommandCall, resting: RestingRun): string {
  const more: CommandCall["values"] =
    values.cache === undefined ? { cache: DEFAULT_CACHE } : { answers: JSON.stringify(answersFor(resting)) };
  const options = optionsOf({ ...values, ...more, opening: resting.opening });
  return [...commandOf(terminal), "run", ...positionals.map(quoted), ...options].join(" ");
}

function answersFor({ waiting, questions, answers }: RestingRun): JsonObject {
  const given = Object.fromEntries(waiting.map((step) => [step, approvalFor(questions.get(step))]));
  return { ...answers, ...given };
}

function commandOf({ command }: CommandCall["terminal"]): readonly string[] {
  return (command ?? ["genblaze"]).map(quoted);
}

function optionsOf(values: CommandCall["values"]): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : typeof value === "string" ? [`--${name}`, quoted(value)] : [],
  );
}

/** The form that a gate takes; of other nodes only they know it. */
function approvalFor(question: JsonObject | undefined): JsonValue {
  return Array.isArray(question?.choices) ? { approved: true } : "...";
}

/** One word of a shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-][\w@%+=:,./#-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
