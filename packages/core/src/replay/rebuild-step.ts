import { PRIVATE } from "../diff/show.js";
import type { Download } from "../download/download.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Asset, Step } from "../manifest/model.js";
import type { StepData } from "../pipeline/definition.js";
import { from } from "../pipeline/reference.js";
import type { OpenScope } from "../pipeline/scope.js";
import type { AnyProvider, StepVisibility } from "../pipeline/step-options.js";
import type { StepSources } from "./find-sources.js";
import { importProvider, isImport } from "./import-provider.js";
import { matchProvider } from "./match-provider.js";
import { isNodeRecord, isObject, ownMetadata, stepTypeOf } from "./own-metadata.js";
import type { ReadSecret } from "./private-fields.js";
import { ANY_KIND, isLeftOut, leftOut, recordedNode } from "./recorded-node.js";
import { type RecordedWords, recordedWords } from "./recorded-words.js";
import type { ReplayChange, StepOverride } from "./replay-facts.js";
import { hasMixedRoles } from "./step-notes.js";

/** What steps are rebuilt with. */
export interface RebuildContext {
  readonly names: readonly string[];
  readonly sources: readonly StepSources[];
  readonly providers: readonly AnyProvider[];
  readonly overrides: Readonly<Record<string, StepOverride>>;
  readonly readSecret: ReadSecret;
  readonly fetchInput: Download;
  /** How many steps are put before the recorded ones. */
  readonly shift: number;
  /** The name of the step that brings in an asset from outside. */
  readonly importOf: (asset: Asset) => string;
}

/** A step to run again, and what is no longer as recorded. */
export interface RebuiltStep {
  readonly data: StepData;
  readonly changes: readonly ReplayChange[];
}

/** One recorded step as a pipeline's step. Errors: INVALID_OPTION for a missing provider, OPENING_NEEDED. */
export function rebuildStep(context: RebuildContext, step: Step, index: number): RebuiltStep {
  if (isNodeRecord(step)) return { data: rebuildNode(context, step, index), changes: [] };
  const name = context.names[index] ?? "";
  const override = Object.hasOwn(context.overrides, name) ? (context.overrides[name] ?? {}) : {};
  const words = recordedWords(step, name, override, (field) => context.readSecret(index, field));
  const provider = providerOf(context, step, name, override);
  const { providerOptions, ...params } = defined({ ...words.params, ...override.params });
  const promptVisibility = visibilityOf(step);
  const prompt = override.prompt ?? readFromSource(context, step, words.prompt);
  // A step may name no private parameter that it does not have.
  const present = providerOptions === undefined ? params : { ...params, providerOptions };
  const privateParams = words.privateParams.filter((param) => Object.hasOwn(present, param));
  const inputs = inputsOf(context, index);
  const timeoutMs = step.providerPayload.timeout_ms;
  return {
    data: {
      provider,
      name,
      model: override.model ?? step.model,
      ...(prompt === undefined ? {} : { prompt }),
      params: isObject(providerOptions) ? params : present,
      ...(isObject(providerOptions) ? { providerOptions } : {}),
      ...(inputs === undefined ? {} : { inputs }),
      type: stepTypeOf(step),
      ...(typeof timeoutMs === "number" && timeoutMs > 0 ? { timeoutMs } : {}),
      ...(isLeftOut(step) ? { when: leftOut(step) } : {}),
      metadata: { ...ownMetadata(step), ...placeOfNode(context, step) },
      promptVisibility,
      privateParams,
    },
    changes: changesOf({ step, name, provider, words, override, promptVisibility }),
  };
}

/** A node that decides as the recorded one did; what ran inside it is rebuilt as steps of their own. */
function rebuildNode(context: RebuildContext, step: Step, index: number): StepData {
  const inputs = inputsOf(context, index);
  return {
    node: recordedNode(step),
    name: context.names[index] ?? "",
    ...(inputs === undefined ? {} : { inputs }),
    ...(isLeftOut(step) ? { when: leftOut(step) } : {}),
    metadata: { ...ownMetadata(step), ...placeOfNode(context, step) },
  };
}

/** Where the node stands that a step ran inside of, with the imports before it counted. */
function placeOfNode({ shift }: RebuildContext, { metadata: { part_of: place } }: Step): JsonObject {
  return typeof place === "number" ? { part_of: place + shift } : {};
}

/**
 * The private prompt of a step as recorded, said to be made of the text that it was made of: so that text is kept out of
 * the new records as it was out of the old ones.
 */
function readFromSource({ names }: RebuildContext, step: Step, prompt: string | undefined): StepData["prompt"] {
  const { references } = step.metadata;
  const source = isObject(references) ? references.prompt : undefined;
  const isHidden = step.promptVisibility === "private" || step.promptVisibility === "encrypted";
  if (!isHidden || prompt === undefined || typeof source !== "string" || !names.includes(source)) return prompt;
  return from<OpenScope, string, string>(source, () => prompt);
}

function providerOf(context: RebuildContext, step: Step, name: string, { provider }: StepOverride): AnyProvider {
  if (typeof provider === "object") return provider;
  if (provider === undefined && isLeftOut(step)) return absentProvider(step);
  if (provider === undefined && isImport(step)) return importProvider(step.assets, step.modality, context.fetchInput);
  return matchProvider(context.providers, provider ?? step.provider ?? "", step.modality, name);
}

/** Of a step that will not run: nobody need have it. */
function absentProvider({ provider, modality }: Step): AnyProvider {
  const notRun = () => {
    throw new GenblazeError("UNEXPECTED", "A step that was left out has no provider.");
  };
  const name = provider ?? "unknown";
  return {
    name,
    yields: modality,
    accepts: ANY_KIND,
    models: {},
    prepare: () => ({ body: undefined }),
    submit: notRun,
  };
}

/** The names of the steps whose assets a step takes; under their roles where it named some. */
function inputsOf({ sources, names, importOf }: RebuildContext, index: number): StepData["inputs"] {
  const found = sources[index];
  if (found === undefined || found.sources.length === 0) return undefined;
  const named = found.sources.map((source) =>
    source.kind === "step"
      ? { role: source.role, step: selectorOf(names[source.index] ?? "", source.place) }
      : { role: undefined, step: importOf(source.asset) },
  );
  if (hasMixedRoles(found) || named[0]?.role === undefined) return named.map(({ step }) => step);
  const roles = [...new Set(named.map(({ role }) => role ?? ""))];
  return Object.fromEntries(
    roles.map((role) => [role, named.filter((each) => each.role === role).map(({ step }) => step)]),
  );
}

function selectorOf(name: string, place: number | undefined): string {
  return place === undefined ? name : `${name}[${place}]`;
}

function visibilityOf({ promptVisibility }: Step): StepVisibility {
  // Whoever redacted a prompt wants it kept from readers.
  return promptVisibility === "redacted" ? "private" : promptVisibility;
}

interface Rebuilding {
  readonly step: Step;
  readonly name: string;
  readonly provider: AnyProvider;
  readonly words: RecordedWords;
  readonly override: StepOverride;
  readonly promptVisibility: StepVisibility;
}

function changesOf({ step, name, provider, words, override, promptVisibility }: Rebuilding): readonly ReplayChange[] {
  const recordedName = step.metadata.name;
  const given = Object.entries(override.params ?? {});
  const isPrivate = promptVisibility !== "public";
  const hides = (param: string) => isPrivate && (param === "negativePrompt" || words.privateParams.includes(param));
  const pairs: [string, JsonValue | undefined, JsonValue | undefined, boolean][] = [
    ["name", recordedName ?? name, name, false],
    ["provider", step.provider ?? undefined, provider.name, false],
    ["modality", step.modality, provider.yields, false],
    ["model", step.model, override.model ?? step.model, false],
    ["promptVisibility", step.promptVisibility, promptVisibility, false],
    ["prompt", words.prompt, override.prompt ?? words.prompt, isPrivate],
    ...given.map(([param, value]): [string, JsonValue | undefined, JsonValue | undefined, boolean] => [
      `params.${param}`,
      words.params[param],
      value,
      hides(param),
    ]),
  ];
  return pairs.flatMap(([field, from, to, isHidden]) =>
    JSON.stringify(from) === JSON.stringify(to)
      ? []
      : [{ step: name, field, ...side("from", from, isHidden), ...side("to", to, isHidden) }],
  );
}

function side(key: "from" | "to", value: JsonValue | undefined, isHidden: boolean): Partial<ReplayChange> {
  return value === undefined ? {} : { [key]: isHidden ? PRIVATE : value };
}

function defined(object: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  // What is undefined was taken out, so that every entry is JSON.
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as JsonObject;
}
