import { z } from "zod";
import { checkOptions } from "../options/check-options.js";
import { describeValue } from "../options/describe-value.js";
import type { PipelineDefinition } from "../pipeline/definition.js";
import { isDefinition } from "../pipeline/is-definition.js";
import { name, text } from "../pipeline/option-schemas.js";
import { plan } from "../pipeline/plan.js";
import { createNameRegister } from "./name-register.js";
import { pipelineToData } from "./pipeline-to-data.js";
import { sealWorkflow } from "./read-workflow.js";
import { WORKFLOW_FORMAT, type Workflow } from "./workflow.js";
import { withoutVersion } from "./workflow-metadata.js";
import { workflowProblem } from "./workflow-problem.js";

/** What {@link toWorkflow} takes besides a pipeline. */
export interface WorkflowOptions {
  /** What it is for, for people; part of the id. @default none */
  readonly description?: string | undefined;
  /** Words to find it by, at most 100; part of the id. @default none */
  readonly tags?: readonly string[] | undefined;
}

const workflowOptions = z.strictObject({
  description: text.optional(),
  tags: z.array(name, "a list of words is expected").max(100, "at most 100 are expected").optional(),
});

/**
 * A pipeline as a document with an id. Functions, guards and providers are kept by name, so each function needs one (an
 * arrow function in the middle of a call has none), and no two may share one. Texts are kept in NFC and floats to 10
 * places, as manifests hash them. `tenantId`, `projectId` and the runtime are left out: they belong to whoever runs it.
 *
 * Errors: whatever `plan` says of the pipeline; INVALID_OPTION naming the step for a function without a name, for two
 * that share one, an asset from outside, a literal prompt or parameter that is private, a schema without JSON Schema,
 * and a node that does not say its options.
 *
 * @example
 * const workflow = toWorkflow(film, { description: "one sentence to a film" });
 * await workflowStore(folder("out")).save(workflow);
 */
export function toWorkflow(
  pipeline: PipelineDefinition | { readonly definition: PipelineDefinition },
  options: WorkflowOptions = {},
): Workflow {
  const { description, tags } = checkOptions(workflowOptions, options, "toWorkflow(pipeline, options)");
  const data = pipelineToData(plan(definitionOf(pipeline)), createNameRegister());
  return sealWorkflow({
    format: WORKFLOW_FORMAT,
    ...data,
    metadata: withoutVersion(data.metadata),
    description,
    tags: tags?.length === 0 ? undefined : tags,
  });
}

function definitionOf(given: unknown): PipelineDefinition {
  const definition: unknown =
    typeof given === "object" && given !== null && "definition" in given ? given.definition : given;
  if (isDefinition(definition)) return definition;
  throw workflowProblem(`toWorkflow(pipeline): a pipeline is expected; ${describeValue(given)} was given.`);
}
