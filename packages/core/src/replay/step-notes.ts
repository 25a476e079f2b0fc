import { isJsonFloat } from "../json/json-float.js";
import type { JsonInput } from "../json/json-input.js";
import type { Step } from "../manifest/model.js";
import type { StepInput } from "../manifest/model-input.js";
import type { StepSources } from "./find-sources.js";
import { isImport } from "./import-provider.js";
import { isNodeRecord, isObject } from "./own-metadata.js";
import { isLeftOut } from "./recorded-node.js";
import type { NotReplayed } from "./replay-facts.js";

/** What of a step a replay cannot rebuild, told from its record. */
export function stepNotes(
  step: Step,
  exactStep: StepInput | undefined,
  name: string,
  sources: StepSources = { sources: [], isPartial: false },
): readonly NotReplayed[] {
  const notes: [string, string | undefined][] = [
    ["the step", unbegunNote(step)],
    ["decisions", unbegunNote(step) === undefined ? nodeNote(step) : undefined],
    ...referenceNotes(step),
    ["prompt", redactionNote(step)],
    ["output schema", schemaNote(step)],
    ["texts", textsNote(step)],
    ["fallbacks", fallbackNote(step)],
    ["model version", versionNote(step)],
    ["seed", typeof step.seed === "bigint" ? "It is too large a number for providers of this SDK." : undefined],
    [
      "params",
      exactStep !== undefined && holdsBigInteger(exactStep.params)
        ? "A whole number beyond 2^53 in them loses digits."
        : undefined,
    ],
    [
      "inputs",
      sources.isPartial
        ? "Only some assets of another step were taken under a role; the replay takes all of them."
        : undefined,
    ],
    ["input roles", rolesNote(sources)],
  ];
  return notes.flatMap(([what, why]) => (why === undefined ? [] : [{ step: name, what, why }]));
}

/** Whether every source has a role, or none; a pipeline's step cannot mix them. */
export function hasMixedRoles({ sources }: StepSources): boolean {
  const withRole = sources.filter((source) => source.kind === "step" && source.role !== undefined);
  return withRole.length > 0 && withRole.length < sources.length;
}

function unbegunNote(step: Step): string | undefined {
  const { status, startedAt } = step;
  if (isLeftOut(step) || startedAt !== null || (status !== "cancelled" && status !== "failed")) return undefined;
  return "It did not begin, so that its parameters, and prompts made from other steps, were not recorded.";
}

function nodeNote(step: Step): string | undefined {
  if (!isNodeRecord(step)) return undefined;
  return "They are taken as recorded, not made anew; what ran inside a node is run as steps of their own.";
}

function redactionNote({ promptVisibility, prompt }: Step): string | undefined {
  return promptVisibility === "redacted" && prompt === null ? "It was taken out. Give one in overrides." : undefined;
}

function referenceNotes({ metadata: { references } }: Step): readonly [string, string][] {
  if (!isObject(references)) return [];
  return Object.entries(references).map(([option, source]) => [
    option,
    `It was computed from "${String(source)}". The recorded value is sent, whatever that gives now.`,
  ]);
}

function schemaNote({ modality, assets }: Step): string | undefined {
  const gaveJson = modality === "text" && assets.some(({ mediaType }) => mediaType === "application/json");
  return gaveJson ? "Schemas are not recorded. The step gives what the provider answers, unchecked." : undefined;
}

function textsNote(step: Step): string | undefined {
  const isMany = isImport(step) && step.modality === "text" && step.assets.length > 1;
  return isMany ? "A text step gives one text; only the first is brought in." : undefined;
}

function fallbackNote({ metadata, model }: Step): string | undefined {
  const { _fallback_models: models, fallback_from: from } = metadata;
  if (typeof from === "string") {
    return `The run came to ${model} after ${from} failed. The replay asks ${model} at once, and no other.`;
  }
  if (!Array.isArray(models) || models.length === 0) return undefined;
  return `The replay asks the model that answered, and no other (recorded: ${models.map(String).join(", ")}).`;
}

function versionNote({ modelVersion }: Step): string | undefined {
  return modelVersion === null ? undefined : `The provider chooses it (recorded: ${modelVersion}).`;
}

function rolesNote(sources: StepSources): string | undefined {
  return hasMixedRoles(sources) ? "Only some inputs had roles; they are given as a list." : undefined;
}

function holdsBigInteger(value: JsonInput): boolean {
  if (typeof value === "bigint") return true;
  if (typeof value !== "object" || value === null || isJsonFloat(value)) return false;
  return Object.values(value).some(holdsBigInteger);
}
