import { GenblazeError } from "../errors/genblaze-error.js";
import { isTarget } from "../node/assert-node.js";
import type { Target } from "../node/composite-node.js";
import { assertNoSecret } from "./assert-no-secret.js";
import { assertProvider } from "./check-provider.js";
import type { NodeStep, PipelineDefinition, ProviderStep } from "./definition.js";
import type { Plan, PlannedStep } from "./plan.js";
import { isReference } from "./reference.js";

/** A body of a node: a pipeline's plan, or one step that reads what its node's step reads. */
export type PlannedBody =
  | { readonly kind: "pipeline"; readonly plan: Plan }
  | { readonly kind: "target"; readonly planned: PlannedStep };

/** Plans the bodies of a node, in their order. */
export function planBodies(
  step: NodeStep,
  planPipeline: (definition: PipelineDefinition) => Plan,
  planTarget: (target: ProviderStep) => PlannedStep,
): ReadonlyMap<string, PlannedBody> {
  return new Map(
    Object.entries(step.node.bodies).map(([name, body]): [string, PlannedBody] => {
      if (isTarget(body)) return [name, { kind: "target", planned: planTarget(toStep(step, name, body)) }];
      if (step.node.kind === "pipeline") assertInput(step, body.definition);
      return [name, { kind: "pipeline", plan: planPipeline(body.definition) }];
    }),
  );
}

/** A target with all that it leaves to its node's step. */
function toStep(step: NodeStep, name: string, target: Target): ProviderStep {
  const where = `Step "${step.key}", target "${name}"`;
  const { provider, model, inputs } = target;
  assertProvider(provider, where);
  if (typeof model !== "string" || model === "") {
    throw new GenblazeError("INVALID_OPTION", `${where}: a model id is expected. Give it { provider, model }.`);
  }
  if (provider.yields !== step.provider.yields) {
    const message = `${where}: ${provider.name} yields ${provider.yields}, but "${step.key}" yields ${step.provider.yields}. All targets of a step yield the same.`;
    throw new GenblazeError("WRONG_MODALITY", message, { details: { step: step.key, target: name } });
  }
  assertNoSecret({ params: target.params ?? {}, providerOptions: target.providerOptions ?? {} }, `${step.key}.${name}`);
  return Object.freeze({
    kind: "provider",
    key: name,
    provider,
    model,
    type: target.type ?? step.type,
    prompt: target.prompt ?? step.prompt,
    params: { ...step.params, ...target.params },
    providerOptions: { ...step.providerOptions, ...target.providerOptions },
    inputs: inputs ?? step.inputs,
    after: [],
    when: undefined,
    optional: false,
    join: step.join,
    output: step.output,
    timeoutMs: target.timeoutMs,
    attemptTimeoutMs: step.attemptTimeoutMs,
    poll: step.poll,
    guards: step.guards,
    regenerate: step.regenerate,
    retry: step.retry,
    fallbacks: [],
    fallbackOn: [],
    hedge: undefined,
    cache: step.cache,
    metadata: { ...step.metadata, ...target.metadata },
    promptVisibility: step.promptVisibility,
    privateParams: step.privateParams,
  });
}

/** Whether an input that is known before the run fits is said before the run. */
function assertInput(step: NodeStep, { input, name }: PipelineDefinition): void {
  if (input === undefined || isReference(step.input)) return;
  const verdict = input["~standard"].validate(step.input);
  if (verdict instanceof Promise || verdict.issues === undefined) return;
  const message = `Step "${step.key}": option "input" does not fit the input of pipeline "${name}": ${verdict.issues[0]?.message ?? "it was refused"}.`;
  throw new GenblazeError("INPUT_INVALID", message, { details: { step: step.key } });
}
