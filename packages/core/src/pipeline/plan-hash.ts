import { hashText } from "../json/hash-text.js";
import { isPrivate } from "../privacy/private-parts.js";
import type { InputBinding, PipelineDefinition, StepDefinition } from "./definition.js";
import { isExternalAsset } from "./external-asset.js";
import type { Fallback } from "./fallback.js";
import { toJsonSchema } from "./output-schema.js";
import type { Plan, PlannedStep } from "./plan.js";
import { isReference } from "./reference.js";
import type { SchemaLike } from "./scope.js";

/**
 * A hash of all of a plan that decides what is asked for: it tells whether a run that goes on still has the pipeline it
 * began with. Functions, guards and assets from outside count by their names, and what is private counts not at all,
 * since whoever reads the journal could guess at it.
 */
export function planHash(plan: Plan): string {
  return hashText(JSON.stringify(planFacts(plan)));
}

function planFacts({ definition, steps }: Plan): unknown {
  const { name, chain, accepts, metadata, input, guards, yields }: PipelineDefinition = definition;
  const named = guards.map((guard) => guard.name);
  return {
    name,
    chain,
    accepts,
    metadata,
    input: schemaFacts(input),
    guards: named,
    yields,
    steps: steps.map(stepFacts),
  };
}

function stepFacts({ step, bodies }: PlannedStep): unknown {
  const { key, model, type, after, when, optional, join, output, metadata, promptVisibility, privateParams } = step;
  return {
    key,
    provider: step.provider.name,
    model,
    type,
    words: isPrivate(step) ? undefined : wordsOf(step),
    inputs: step.inputs?.map(bindingFacts),
    after,
    when: valueFacts(when),
    optional,
    join,
    output: schemaFacts(output),
    guards: step.guards.map((guard) => guard.name),
    metadata,
    promptVisibility,
    privateParams,
    input: step.kind === "node" ? valueFacts(step.input) : undefined,
    options: step.kind === "node" ? step.node.options : undefined,
    fallbacks:
      step.kind === "provider" && step.fallbacks.length > 0 ? step.fallbacks.map(fallbackFacts(step)) : undefined,
    bodies: [...bodies].map(([name, body]) => [
      name,
      body.kind === "pipeline" ? planFacts(body.plan) : stepFacts(body.planned),
    ]),
  };
}

function fallbackFacts(step: StepDefinition) {
  return ({ provider, model, params, providerOptions }: Fallback) => ({
    provider: provider.name,
    model,
    words: isPrivate(step) ? undefined : { params: Object.entries(params), providerOptions },
  });
}

function wordsOf({ prompt, params, providerOptions }: StepDefinition): unknown {
  const entries = Object.entries(params).map(([name, value]) => [name, valueFacts(value)]);
  return { prompt: valueFacts(prompt), params: entries, providerOptions };
}

function valueFacts(value: unknown): unknown {
  return isReference(value) ? { from: value.sources, by: value.label } : value;
}

function bindingFacts({ role, source }: InputBinding): unknown {
  return { role, source: isExternalAsset(source) ? source.label : valueFacts(source) };
}

function schemaFacts(schema: SchemaLike | undefined): unknown {
  return schema === undefined ? undefined : (toJsonSchema(schema) ?? "a schema");
}
