import { PRIVATE, showText, showValue } from "../diff/show.js";
import type { JsonValue } from "../json/json-value.js";
import type { Step } from "../manifest/model.js";
import { sourceText } from "../pipeline/describe-plan.js";
import type { Plan, PlannedStep } from "../pipeline/plan.js";
import { isObject } from "./own-metadata.js";
import type { NotReplayed, ReplayChange } from "./replay-facts.js";

/** What is told of a replay. */
export interface DescribedReplay {
  readonly runId: string;
  readonly planned: Plan;
  /** The recorded steps, and how many steps the replay puts before them. */
  readonly recorded: readonly Step[];
  readonly shift: number;
  readonly changes: readonly ReplayChange[];
  readonly notReplayed: readonly NotReplayed[];
}

/** A replay as lines for people. Private values are `[private]`, long ones are shortened. */
export function describeReplay({ runId, planned, recorded, shift, changes, notReplayed }: DescribedReplay): string {
  const { name, steps } = planned.definition;
  const leftOut = planned.steps.filter((step) => reasonOf(step) !== undefined).length;
  const without = leftOut === 0 ? "" : `, ${leftOut} of them left out`;
  return [
    `replay of ${showText(name)} (run ${showText(runId)}): ${steps.length} steps${without}`,
    ...planned.steps.flatMap((step) => describeStep(step, recorded[step.index - shift], planned)),
    ...section(
      "changed",
      changes.map(
        ({ step, field, from, to }) => `${showText(step)} ${showText(field)}: ${showValue(from)} -> ${showValue(to)}`,
      ),
    ),
    ...section("not replayed", describeNotes(notReplayed)),
  ].join("\n");
}

/** Steps of which the same is to be said stand in one line. */
function describeNotes(notes: readonly NotReplayed[]): readonly string[] {
  const stepsOf = new Map<string, string[]>();
  for (const { step, what, why } of notes) {
    const said = `${showText(what)}: ${showText(why, 300)}`;
    stepsOf.set(said, [...(stepsOf.get(said) ?? []), showText(step ?? "run")]);
  }
  return [...stepsOf].map(([said, steps]) => `${steps.join(", ")} ${said}`);
}

/** Why a step was left out of the recorded run by choice, and is again. */
function reasonOf({ step }: PlannedStep): string | undefined {
  return step.when?.reason;
}

function describeStep(planned: PlannedStep, recorded: Step | undefined, plan: Plan): readonly string[] {
  const title = `  ${planned.index + 1}. ${showText(planned.step.key)}`;
  const reason = reasonOf(planned);
  if (reason !== undefined) return [`${title}: left out, as in the recorded run: ${showText(reason, 300)}`];
  const { provider, model, kind } = planned.step;
  const isAround = plan.steps.some(({ step }) => step.metadata.part_of === planned.index);
  const what =
    kind === "node"
      ? `${showText(model)} node${isAround ? ", its parts follow" : ""}`
      : `${showText(provider.name)}/${showText(model)} -> ${provider.yields}`;
  return [
    `${title}: ${what}`,
    ...factsOf(planned).map((fact) => `     ${fact}`),
    ...(kind === "node" && recorded !== undefined ? describeDecisions(recorded).map((fact) => `     ${fact}`) : []),
  ];
}

/** What a node decided and was answered; each decision stands in the manifest with its reason. */
function describeDecisions({ metadata: { decisions, answer } }: Step): readonly string[] {
  const made = Object.entries(isObject(decisions) ? decisions : {}).map(([name, decision]) => {
    const { value, reason } = isObject(decision) ? decision : {};
    const why = typeof reason === "string" ? `: ${showText(reason, 300)}` : "";
    return `decided as recorded: ${showText(name)} ${showValue(value)}${why}`;
  });
  return [...made, ...(answer === undefined ? [] : [`answered as recorded: ${showValue(answer)}`])];
}

function factsOf(planned: PlannedStep): readonly string[] {
  const { step, inputs, warnings } = planned;
  const takes = inputs.map((edge) => {
    const source = showText(sourceText(edge));
    return edge.role === undefined ? source : `${showText(edge.role)}: ${source}`;
  });
  // Where a step stands inside a node is in its name.
  const { part_of: _, ...metadata } = step.metadata;
  const facts: [string, string | undefined][] = [
    ["type", step.type === "generate" ? undefined : step.type],
    ["takes", takes.length === 0 ? undefined : takes.join(", ")],
    ["prompt", step.prompt === undefined ? undefined : showWord(planned, "prompt", String(step.prompt))],
    ["visibility", step.promptVisibility === "public" ? undefined : step.promptVisibility],
    ...Object.entries({ ...step.params, ...providerOptionsOf(planned) }).map(([name, value]): [string, string] => [
      `params.${showText(name)}`,
      // The parameters of a replay are recorded JSON.
      showWord(planned, name, value as JsonValue),
    ]),
    ["metadata", Object.keys(metadata).length === 0 ? undefined : showValue(metadata)],
    ["time limit", step.timeoutMs === undefined ? undefined : `${step.timeoutMs} ms`],
    ...warnings.map(({ option, message }): [string, string] => ["warning", showText(`${option}: ${message}`, 300)]),
  ];
  return facts.flatMap(([label, value]) => (value === undefined ? [] : [`${label} ${value}`]));
}

function providerOptionsOf({ step: { providerOptions } }: PlannedStep) {
  return Object.keys(providerOptions).length === 0 ? {} : { providerOptions };
}

function showWord({ step }: PlannedStep, name: string, value: JsonValue): string {
  const isHidden = name === "prompt" || name === "negativePrompt" || step.privateParams.includes(name);
  return step.promptVisibility !== "public" && isHidden ? PRIVATE : showValue(value);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`  ${title}:`, ...lines.map((line) => `    ${line}`)];
}
