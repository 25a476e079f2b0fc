import type { WorkflowReference, WorkflowStep } from "./workflow.js";

/** What a step takes, reads and waits for, in words: `inputs firstFrame: frame`, `prompt reads story by byTitle`. */
export function edgesOf(step: WorkflowStep): readonly string[] {
  const { inputs = [], after = [], prompt, paramsFrom = {}, inputFrom, when } = step;
  const takes = inputs.map(({ role, source }) => {
    const shown = typeof source === "string" ? source : describe(source);
    return role === undefined ? `inputs: ${shown}` : `inputs ${role}: ${shown}`;
  });
  const reads: readonly (readonly [string, string | WorkflowReference | undefined])[] = [
    ["prompt", prompt],
    ...Object.entries(paramsFrom).map(([name, each]) => [`params.${name}`, each] as const),
    ["input", inputFrom],
    ["when", when],
  ];
  const read = reads.flatMap(([option, each]) =>
    typeof each === "object" ? [`${option} reads ${describe(each)}`] : [],
  );
  return [...takes, ...read, ...after.map((name) => `after: ${name}`)];
}

function describe({ from, function: name }: WorkflowReference): string {
  return `${from.join(", ")} by ${name}`;
}
