import { showText } from "../diff/show.js";
import { guardedDownload } from "../download/download.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import type { JsonValue } from "../json/json-value.js";
import { checkManifest } from "../manifest/check-manifest.js";
import type { Manifest } from "../manifest/manifest.js";
import type { Asset, Run } from "../manifest/model.js";
import type { PipelineData, StepData } from "../pipeline/definition.js";
import { type AnyPipeline, Pipeline } from "../pipeline/pipeline.js";
import type { OpenScope } from "../pipeline/scope.js";
import type { AnyProvider } from "../pipeline/step-options.js";
import type { RunOptions } from "../run/run-options.js";
import type { RunResult } from "../run/run-result.js";
import type { RunHandle } from "../run/start-run.js";
import { describeReplay } from "./describe-replay.js";
import { findSources } from "./find-sources.js";
import { isImport } from "./import-provider.js";
import { type Providers, toProviderList } from "./match-provider.js";
import { ownRunMetadata } from "./own-metadata.js";
import { openSecrets } from "./private-fields.js";
import { hasAddress, type ImportedAsset, importNotes, importStep, rebuildImports } from "./rebuild-imports.js";
import { rebuildStep } from "./rebuild-step.js";
import { recordedAnswers } from "./recorded-node.js";
import type { NotReplayed, ReplayChange } from "./replay-facts.js";
import { checkReplayOptions, type ReplayOptions } from "./replay-options.js";
import { stepNames } from "./step-names.js";
import { stepNotes } from "./step-notes.js";

const UNNAMED = "replay";
const LONGEST_NAME = 200;

/** What the run of a replay takes; its input stands in the recorded prompts. */
export type ReplayRunOptions = Omit<RunOptions, "input">;

/** A recorded run made ready to run again. Nothing was sent yet. */
export interface Replay {
  /** Id of the recorded run. */
  readonly runId: string;
  readonly pipeline: AnyPipeline;
  /** What will be sent otherwise than the manifest records. */
  readonly changes: readonly ReplayChange[];
  /** What of the recorded run cannot be rebuilt. */
  readonly notReplayed: readonly NotReplayed[];
  /** Lines for people: every step with what will be sent, then `changes` and `notReplayed`. No private value is in them. */
  describe(): string;
  /** Runs it, with the recorded run as first parent. */
  run(options?: ReplayRunOptions): Promise<RunResult<OpenScope>>;
  /** Begins to run it, with the recorded run as first parent. */
  start(options?: ReplayRunOptions): RunHandle<OpenScope>;
}

/**
 * Rebuilds the pipeline of a recorded run, by either library: names, inputs and their roles, parameters, metadata,
 * time limits, visibility. Files from outside become leading `import` steps. Nothing is sent until `run` or `start`.
 *
 * Errors: MANIFEST_INVALID for a manifest whose hash is wrong, INVALID_OPTION for a missing provider, UNKNOWN_STEP for an
 * override of no step, OPENING_NEEDED and OPENING_INVALID for private steps, and what `plan` throws.
 *
 * @example
 * const again = replay(manifest, [google.video], { overrides: { clip: { model: "veo-3.1-generate-preview" } } });
 * console.log(again.describe());
 * await again.run();
 */
export function replay(manifest: Manifest, providers: Providers, options: ReplayOptions = {}): Replay {
  const checked = checkReplayOptions(options);
  if (checked.allowChanged !== true) assertUnchanged(manifest);
  const { runId } = manifest.run;
  const { data, shift, imported, changes, notReplayed, answers } = rebuild(
    manifest,
    toProviderList(providers),
    checked,
  );
  const pipeline = Pipeline.from(data, checked.runtime === undefined ? {} : { runtime: checked.runtime });
  // Whatever can be refused without asking anyone is refused now.
  const planned = pipeline.plan();
  const start = (runOptions: ReplayRunOptions = {}) => {
    assertAddresses(imported, checked);
    const options = withParents(runOptions, runId, checked.encryptionKey);
    return pipeline.start({ ...options, answers: { ...answers, ...options.answers } });
  };
  return {
    runId,
    pipeline,
    changes,
    notReplayed,
    describe: () => describeReplay({ runId, planned, recorded: manifest.run.steps, shift, changes, notReplayed }),
    start,
    run: async (runOptions) => start(runOptions).result,
  };
}

interface RebuiltRun {
  readonly data: PipelineData;
  readonly shift: number;
  readonly imported: readonly ImportedAsset[];
  readonly changes: readonly ReplayChange[];
  readonly notReplayed: readonly NotReplayed[];
  readonly answers: Readonly<Record<string, JsonValue>>;
}

function rebuild(manifest: Manifest, providers: readonly AnyProvider[], options: ReplayOptions): RebuiltRun {
  const { run, exactRun } = manifest;
  const { overrides = {}, fetchInput = guardedDownload() } = options;
  const names = stepNames(run.steps);
  assertKnown(Object.keys(overrides), names);
  const sources = findSources(run.steps);
  const outside = rebuildImports(sources, names);
  const importNames = new Map(outside.map(({ asset, step }) => [asset.assetId, step]));
  const importOf = ({ assetId }: Asset) => importNames.get(assetId) ?? "";
  const readSecret = openSecrets(manifest, options);
  const shift = outside.length;
  const context = { names, sources, providers, overrides, fetchInput, readSecret, importOf, shift };
  const rebuilt = run.steps.map((step, index) => rebuildStep(context, step, index));
  const imported = [...outside, ...importsOf(run, names)];
  return {
    data: pipelineData(run, [
      ...outside.map((each) => importStep(each, fetchInput)),
      ...rebuilt.map(({ data }) => data),
    ]),
    shift,
    imported,
    answers: recordedAnswers(run.steps, names),
    changes: rebuilt.flatMap((each) => each.changes),
    notReplayed: [
      ...runNotes(run),
      ...imported.flatMap((each) => importNotes(each, options.fetchInput !== undefined)),
      ...run.steps.flatMap((step, index) => stepNotes(step, exactRun.steps[index], names[index] ?? "", sources[index])),
    ],
  };
}

function pipelineData({ name, metadata, tenantId, projectId }: Run, steps: readonly StepData[]): PipelineData {
  return {
    name: isName(name) ? name : UNNAMED,
    metadata: ownRunMetadata(metadata),
    ...(tenantId === null ? {} : { tenantId }),
    ...(isName(projectId) ? { projectId } : {}),
    steps,
  };
}

/** The files that recorded import steps brought in. */
function importsOf({ steps }: Run, names: readonly string[]): readonly ImportedAsset[] {
  return steps.flatMap((step, index) =>
    isImport(step) ? step.assets.map((asset) => ({ step: names[index] ?? "", asset })) : [],
  );
}

function runNotes({ metadata, idempotencyKey, name }: Run): readonly NotReplayed[] {
  const notes: [string, string | undefined][] = [
    ["name", isName(name) ? undefined : `It has none that a pipeline can have, so it is called "${UNNAMED}".`],
    [
      "input",
      "input" in metadata || Object.hasOwn(metadata, "private") !== Object.hasOwn(ownRunMetadata(metadata), "private")
        ? "The prompts and parameters that were made of it are sent as recorded; it is not given again."
        : undefined,
    ],
    ["idempotency key", idempotencyKey === null ? undefined : "A replay is a run of its own."],
  ];
  return notes.flatMap(([what, why]) => (why === undefined ? [] : [{ step: null, what, why }]));
}

function withParents(
  options: ReplayRunOptions,
  runId: string,
  encryptionKey: Uint8Array | undefined,
): ReplayRunOptions {
  const { parentRunIds = [], privacy } = options;
  return {
    ...options,
    parentRunIds: [runId, ...parentRunIds],
    ...(encryptionKey === undefined ? {} : { privacy: { encryptionKey, ...privacy } }),
  };
}

function assertUnchanged(manifest: Manifest): void {
  const { verdict, reason } = checkManifest(manifest).manifestHash;
  if (verdict === "matches") return;
  const message = `The manifest of run ${showText(manifest.run.runId)} is not replayed: ${reason} Say allowChanged (--allow-changed) to replay it as it is.`;
  throw new GenblazeError("MANIFEST_INVALID", message);
}

function assertKnown(wanted: readonly string[], names: readonly string[]): void {
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const hint = didYouMean(unknown, names) || ` It has: ${names.join(", ")}.`;
  const message = `Replay option overrides names "${unknown}", which is no step of the recorded run.${hint}`;
  throw new GenblazeError("UNKNOWN_STEP", message, { details: { name: unknown } });
}

/** Before other steps have cost anything. */
function assertAddresses(imported: readonly ImportedAsset[], { fetchInput }: ReplayOptions): void {
  const found = imported.find(({ asset }) => !hasAddress(asset, fetchInput !== undefined));
  if (found === undefined) return;
  const message = `Step "${found.step}" needs asset ${found.asset.assetId}, whose bytes were never stored. Give replay option fetchInput the way to them.`;
  throw new GenblazeError("INVALID_OPTION", message, { details: { step: found.step } });
}

function isName(name: string | null): name is string {
  return name !== null && name !== "" && name.length <= LONGEST_NAME;
}
