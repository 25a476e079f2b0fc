import { GenblazeError } from "../errors/genblaze-error.js";
import { findNonJson } from "../json/find-non-json.js";
import type { Modality } from "../manifest/model.js";
import { findNodeProblem, isNode, isTarget } from "../node/assert-node.js";
import type { CompositeNode } from "../node/composite-node.js";
import { DEEPEST_NESTING, depthOf } from "../node/depth-of.js";
import { pipelineNode } from "../node/pipeline-node.js";
import { checkOptions } from "../options/check-options.js";
import { describeValue } from "../options/describe-value.js";
import { toRetryPolicy } from "../retry/retry-policy.js";
import { toPolling } from "../run/polling.js";
import { assertNoSecret } from "./assert-no-secret.js";
import { checkFallbacks } from "./check-fallbacks.js";
import { checkParams, checkPrivateParams } from "./check-params.js";
import { assertProvider, isModality } from "./check-provider.js";
import type { InputBinding, NodeStep, ProviderStep, StepDefinition } from "./definition.js";
import { isDefinition } from "./is-definition.js";
import { isReference } from "./reference.js";
import { type CommonStepOptions, nodeStepOptions, providerStepOptions } from "./step-option-schemas.js";

/** Checks one step's options and fills in the defaults; INVALID_OPTION or WRONG_MODALITY on the first thing wrong. */
export function checkStep(source: unknown, options: unknown, index: number): StepDefinition {
  const where = `Step ${index + 1}`;
  const node = toNode(source, where);
  if (node !== undefined) return checkNodeStep(node, options, index);
  assertProvider(source, where);
  const checked = checkOptions(providerStepOptions, options, where);
  const { model } = checked;
  const common = checkCommon(checked, source.name, source.yields, index);
  const others = checkFallbacks(checked, source, common.key);
  const step: ProviderStep = { kind: "provider", provider: source, model, ...common, ...others };
  return Object.freeze(step);
}

function checkNodeStep(node: CompositeNode, options: unknown, index: number): NodeStep {
  const checked = checkOptions(nodeStepOptions, options, `Step ${index + 1}`);
  const { input } = checked;
  const { kind: model, yields, accepts } = node;
  const common = checkCommon(checked, model, yields, index);
  if (input !== undefined && !isReference(input) && findNonJson(input) !== undefined) {
    const message = `Step "${common.key}": option "input" must be JSON or from(...); ${describeValue(input)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  assertTargetOptions(node, checked, common.key);
  assertDepth(node, common.key);
  return Object.freeze({
    kind: "node",
    provider: { name: "genblaze", yields, accepts },
    model,
    node,
    input,
    ...common,
  });
}

/** Each step is checked when it is made, so what stands inside is no deeper than this already. */
function assertDepth(node: CompositeNode, key: string): void {
  if (depthOf(node) <= DEEPEST_NESTING) return;
  const message = `Step "${key}" holds more than ${DEEPEST_NESTING} nodes inside one another. Put some of them side by side.`;
  throw new GenblazeError("INVALID_OPTION", message, { details: { step: key } });
}

/** Prompt, parameters and the like are for targets; where there is none they would do nothing. */
function assertTargetOptions(node: CompositeNode, checked: CommonStepOptions, key: string): void {
  if (node.kind === "fan-out" && checked.output !== undefined) {
    const message = `Step "${key}": a fan-out gives a list, one entry for each arm, so it has no schema. Give it arms that are pipelines with a schema each.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  if (Object.values(node.bodies).some(isTarget)) return;
  const options = [
    "prompt",
    "params",
    "providerOptions",
    "type",
    "output",
    "promptVisibility",
    "privateParams",
    "regenerate",
    "retry",
    "poll",
    "attemptTimeoutMs",
  ] as const;
  const wrong = options.find((option) => checked[option] !== undefined);
  // A route chooses by prompt and parameters, whatever its arms are.
  if (wrong === undefined || node.kind === "route" || node.kind === "split") return;
  const message = `Step "${key}": option "${wrong}" is for steps of providers; the steps inside this ${node.kind} have their own.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

function toNode(source: unknown, where: string): CompositeNode | undefined {
  if (typeof source !== "object" || source === null) return undefined;
  const definition: unknown = Reflect.get(source, "definition");
  if (isDefinition(definition)) return pipelineNode({ definition });
  if (!isNode(source)) return undefined;
  const problem = isModality(source.yields) ? findNodeProblem(source) : "`yields` of this node must be a modality";
  if (problem !== undefined) throw new GenblazeError("INVALID_OPTION", `${where}: ${problem}.`);
  return source;
}

function checkCommon(checked: CommonStepOptions, maker: string, yields: Modality, index: number) {
  const key = checked.name ?? `step-${index + 1}`;
  if (key === "input") {
    throw new GenblazeError(
      "INVALID_OPTION",
      `Step ${index + 1}: the name "input" stands for the run's input; choose another.`,
    );
  }
  if (checked.output !== undefined && yields !== "text") {
    throw new GenblazeError(
      "WRONG_MODALITY",
      `Step "${key}": an output schema is for steps that yield text, but ${maker} yields ${yields}. Leave \`output\` out.`,
    );
  }
  const providerOptions = checked.providerOptions ?? {};
  assertNoSecret({ providerOptions }, key);
  return {
    key,
    type: checked.type ?? "generate",
    prompt: checked.prompt,
    params: checkParams(checked.params ?? {}, key, checked.promptVisibility !== undefined),
    providerOptions,
    inputs: toBindings(checked.inputs),
    after: checked.after ?? [],
    when: checked.when,
    optional: checked.optional ?? false,
    join: checked.join ?? "all",
    output: checked.output,
    timeoutMs: checked.timeoutMs,
    attemptTimeoutMs: checked.attemptTimeoutMs,
    poll: checked.poll === undefined ? undefined : toPolling(checked.poll),
    guards: checked.guards ?? [],
    regenerate: checked.regenerate ?? 0,
    retry: checked.retry === undefined ? undefined : toRetryPolicy(checked.retry),
    cache: checked.cache,
    metadata: checked.metadata ?? {},
    promptVisibility: checked.promptVisibility ?? "public",
    privateParams: checkPrivateParams(checked, key),
  } as const;
}

function toBindings(inputs: CommonStepOptions["inputs"]): readonly InputBinding[] | undefined {
  if (inputs === undefined) return undefined;
  if (Array.isArray(inputs)) return inputs.map((source) => ({ role: undefined, source }));
  return Object.entries(inputs).flatMap(([role, sources]) => [sources].flat().map((source) => ({ role, source })));
}
