export { type ChooseVersionOptions, chooseVersion, type VersionChoice } from "./choose-version.js";
export {
  type ArmComparison,
  type ArmOutcome,
  type ArmStatistics,
  compareArms,
  type ScoreStatistics,
} from "./compare-arms.js";
export { describeWorkflowDiff } from "./describe-workflow-diff.js";
export type { WordChange } from "./diff-words.js";
export { diffWorkflows, type WorkflowChange, type WorkflowDiff } from "./diff-workflows.js";
export { type FromWorkflowOptions, fromWorkflow } from "./from-workflow.js";
export type { LabelEntry } from "./label-entries.js";
export type { NodeFactory, NodeParts } from "./make-node.js";
export { type PromptTemplate, promptTemplate } from "./prompt-template.js";
export { MAX_WORKFLOW_CHARACTERS, readWorkflow } from "./read-workflow.js";
export { renderParams } from "./render-params.js";
export { type StopRuleOptions, type StopVerdict, stopRule } from "./stop-rule.js";
export type {
  MoveOptions,
  RollbackOptions,
  SavedWorkflow,
  SetLabelOptions,
  WorkflowCallOptions,
  WorkflowStoreOptions,
} from "./store-options.js";
export type { TemplateValue, TemplateValues } from "./template-value.js";
export type { RenderArguments, TemplateVariables, ValuesOf } from "./template-variables.js";
export { toWorkflow, type WorkflowOptions } from "./to-workflow.js";
export type {
  Workflow,
  WorkflowBody,
  WorkflowDocument,
  WorkflowInput,
  WorkflowNode,
  WorkflowPipeline,
  WorkflowProvider,
  WorkflowReference,
  WorkflowStep,
  WorkflowTarget,
} from "./workflow.js";
export { type WorkflowMetadata, workflowMetadata } from "./workflow-metadata.js";
export { type NeededSchema, type WorkflowNeeds, workflowNeeds } from "./workflow-needs.js";
export { type WorkflowStore, workflowStore } from "./workflow-store.js";
