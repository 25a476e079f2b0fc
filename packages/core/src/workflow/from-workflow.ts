import { z } from "zod";
import type { Guard } from "../guard/guard.js";
import { checkOptions } from "../options/check-options.js";
import { checkPipelineData } from "../pipeline/check-pipeline.js";
import type { PipelineData } from "../pipeline/definition.js";
import { guardList, objectWith, runtime, schemaLike } from "../pipeline/option-schemas.js";
import { type AnyPipeline, Pipeline } from "../pipeline/pipeline.js";
import type { SchemaLike } from "../pipeline/scope.js";
import type { AnyProvider } from "../pipeline/step-options.js";
import type { Providers } from "../replay/match-provider.js";
import type { Runtime } from "../run/runtime.js";
import { assertSameDocument } from "./assert-same-document.js";
import type { NodeFactory } from "./make-node.js";
import { pipelineFromData } from "./pipeline-from-data.js";
import { readWorkflow } from "./read-workflow.js";
import { toWorkflow } from "./to-workflow.js";
import type { Workflow } from "./workflow.js";
import { workflowMetadata } from "./workflow-metadata.js";
import { workflowNeeds } from "./workflow-needs.js";
import { matchParts } from "./workflow-parts.js";

/** What {@link fromWorkflow} takes: what the names in a workflow stand for, and whose runs they will be. */
export interface FromWorkflowOptions {
  /** As a list or under any names; each is found by its own name and what it yields. */
  readonly providers: Providers;
  /** Functions under their own names; more than are needed may be given. @default {} */
  readonly functions?: Readonly<Record<string, (...values: never[]) => unknown>> | undefined;
  /**
   * Schemas under any names. Each is found by its JSON Schema; where several have the same, by the name of its place:
   * `input`, a step's name, `shots/body/scene` inside nodes. @default {}
   */
  readonly schemas?: Readonly<Record<string, SchemaLike>> | undefined;
  /** Guards; each is found by its own name. @default [] */
  readonly guards?: readonly Guard[] | undefined;
  /** How nodes of kinds of your own are made. @default {} */
  readonly nodes?: Readonly<Record<string, NodeFactory>> | undefined;
  /** Whose runs these are. @default none */
  readonly tenantId?: string | undefined;
  /** @default none */
  readonly projectId?: string | undefined;
  /** What its runs get from outside. @default as of `new Pipeline` */
  readonly runtime?: Runtime | undefined;
}

type AnyFunction = (...values: never[]) => unknown;

const isFunction = (value: unknown) => typeof value === "function";
const provider = objectWith<AnyProvider>("prepare", "submit");
const fromOptions = z.strictObject({
  providers: z.union(
    [z.array(provider), z.record(z.string(), provider)],
    "a list or an object of providers is expected",
  ),
  functions: z.record(z.string(), z.custom<AnyFunction>(isFunction, "a function is expected")).optional(),
  schemas: z.record(z.string(), schemaLike).optional(),
  guards: guardList.optional(),
  nodes: z.record(z.string(), z.custom<NodeFactory>(isFunction, "a function is expected")).optional(),
  tenantId: z.string().optional(),
  projectId: z.string().optional(),
  runtime: runtime.optional(),
});

/**
 * The pipeline of a workflow. Its metadata says which version it is (see {@link workflowMetadata}), so the manifests of
 * its runs do. Turned into a workflow again, with the same description and tags, it has the same id.
 *
 * The document may come from anywhere: it is checked in full, and it names functions and providers but holds no code.
 * A function is told by its name alone, so giving another function under that name changes what the same version does.
 *
 * Errors: INVALID_OPTION for a document that is no workflow or has another id than its content, and for missing
 * functions, schemas, guards and providers, naming all at once; whatever `Pipeline.from` and `plan` say.
 *
 * @example
 * const pipeline = fromWorkflow(await store.get("film", id), { providers: { chat, image }, functions: { byTitle } });
 */
export function fromWorkflow(workflow: Workflow, options: FromWorkflowOptions): AnyPipeline {
  const checked = checkOptions(fromOptions, options, "fromWorkflow(workflow, options)");
  const read = readWorkflow(workflow);
  const { functions = {}, schemas = {}, guards = [], nodes = {}, tenantId, projectId } = checked;
  const providers = Object.values(checked.providers);
  const parts = matchParts(workflowNeeds(read), { providers, functions, guards, schemas }, read.name);
  const data: PipelineData = pipelineFromData(read, { parts, nodes, path: "" });
  const definition = checkPipelineData({
    ...data,
    metadata: { ...data.metadata, ...workflowMetadata(read) },
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(projectId === undefined ? {} : { projectId }),
  });
  const { description, tags } = read;
  assertSameDocument(read, toWorkflow(definition, { description, tags }));
  // The types of its steps are in no document.
  return new Pipeline(
    definition,
    checked.runtime === undefined ? {} : { runtime: checked.runtime },
  ) as unknown as AnyPipeline;
}
