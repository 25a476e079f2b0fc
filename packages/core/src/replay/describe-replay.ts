import { PRIVATE, showText, showValue } from "../diff/show.js";
import type { JsonValue } from "../json/json-value.js";
import { sourceText } from "../pipeline/describe-plan.js";
import type { Plan, PlannedStep } from "../pipeline/plan.js";
import type { NotReplayed, ReplayChange } from "./replay-facts.js";

/** What is told of a replay. */
export interface DescribedReplay {
  readonly runId: string;
  readonly planned: Plan;
  readonly changes: readonly ReplayChange[];
  readonly notReplayed: readonly NotReplayed[];
}

/** A replay as lines for people. Private values are `[private]`, long ones are shortened. */
export function describeReplay({ runId, planned, changes, notReplayed }: DescribedReplay): string {
  const { name, steps } = planned.definition;
  return [
    `replay of ${showText(name)} (run ${showText(runId)}): ${steps.length} steps`,
    ...planned.steps.flatMap(describeStep),
    ...section(
      "changed",
      changes.map(
        ({ step, field, from, to }) => `${showText(step)} ${showText(field)}: ${showValue(from)} -> ${showValue(to)}`,
      ),
    ),
    ...section(
      "not replayed",
      notReplayed.map(({ step, what, why }) => `${showText(step ?? "run")} ${showText(what)}: ${showText(why, 300)}`),
    ),
  ].join("\n");
}

function describeStep(planned: PlannedStep): readonly string[] {
  const { step, inputs, warnings } = planned;
  const takes = inputs.map((edge) => {
    const source = showText(sourceText(edge));
    return edge.role === undefined ? source : `${showText(edge.role)}: ${source}`;
  });
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
    ["metadata", Object.keys(step.metadata).length === 0 ? undefined : showValue(step.metadata)],
    ["time limit", step.timeoutMs === undefined ? undefined : `${step.timeoutMs} ms`],
    ...warnings.map(({ option, message }): [string, string] => ["warning", showText(`${option}: ${message}`, 300)]),
  ];
  const { provider, model, key } = step;
  return [
    `  ${planned.index + 1}. ${showText(key)}: ${showText(provider.name)}/${showText(model)} -> ${provider.yields}`,
    ...facts.flatMap(([label, value]) => (value === undefined ? [] : [`     ${label} ${value}`])),
  ];
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
