import type { CachedAsset, CacheHit, StepCache } from "../cache/step-cache.js";
import { stepCacheKey } from "../cache/step-cache-key.js";
import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { canonicalJson } from "../json/canonical-json.js";
import type { JsonObject } from "../json/json-value.js";
import { isWireType } from "../manifest/is-wire-type.js";
import type { Asset } from "../manifest/model.js";
import type { ProviderStep } from "../pipeline/definition.js";
import { recordedRequest } from "../pipeline/step-request.js";
import type { ProviderOutput, StepRequest, StepWarning } from "../provider/provider.js";
import { type AbortSource, raceAbort } from "./abort-source.js";
import type { Landing } from "./flights.js";
import type { RunContext } from "./run-context.js";
import type { CacheStatus, RecordedOutput } from "./transitions.js";

/** What a step gave, and how it is recorded. */
export interface KeptOutput {
  readonly given: ProviderOutput;
  readonly kept: RecordedOutput;
}

/** What the cache does for one step; its failures are warnings, since a step can do without it. */
export interface CachedStep {
  /**
   * What equal work gave before, also work that is under way now; undefined when it must be asked for. Schema and guards
   * have not seen it yet.
   */
  take(): Promise<KeptOutput | undefined>;
  /** Keeps what the step gave. */
  keep(output: RecordedOutput): Promise<CacheStatus | undefined>;
  /** Lets equal work wait for this step, which has a job under way from before. */
  hold(): void;
  /** Nothing is under way from before after all. */
  letGo(): void;
  /** Lets equal work go on; call it when the step has ended. */
  close(): void;
  readonly warnings: readonly StepWarning[];
}

const nothing: CachedStep = {
  take: async () => undefined,
  keep: async () => undefined,
  hold() {},
  letGo() {},
  close() {},
  warnings: [],
};
const bypassed: CachedStep = { ...nothing, keep: async () => "bypassed" };

/** The cache as a step sees it: none, one to pass by, or one under the name of its work. */
export function openCachedStep(
  run: RunContext,
  step: ProviderStep,
  request: StepRequest,
  abort: AbortSource,
): CachedStep {
  const { cache } = run.runtime;
  const { signal } = abort;
  if (cache === undefined) return nothing;
  const mode = step.cache ?? run.cacheMode;
  const key = mode === "bypass" ? undefined : keyOf(run, step, request);
  if (key === undefined) return bypassed;
  const warnings: StepWarning[] = [];
  const warn = (doing: string) => (thrown: unknown) => {
    warnings.push({ option: "cache", message: `${doing}: ${errorFromUnknown(thrown, "The cache").message}` });
    return undefined;
  };
  let land: Landing = () => undefined;
  // Of work that failed the next one may make something.
  let isOfUse = true;
  return {
    warnings,
    close: () => land(isOfUse),
    hold() {
      if (mode === "use") land = run.runtime.flights.hold(key);
    },
    letGo: () => land(false),
    async take() {
      if (mode === "refresh") return undefined;
      land = await run.runtime.flights.enter(key, abort);
      const taking = raceAbort(takeHit(run, step, cache, key, signal), abort);
      return taking.catch((thrown: unknown) => {
        signal.throwIfAborted();
        return warn("The cache was not read")(thrown);
      });
    },
    // The step has what it wants: a time limit that ends this does not end it.
    async keep(output) {
      const read = (asset: Asset) => run.spool.read(run.privacy.assetAsGiven(asset), signal);
      const putting = async () => cache.put(key, output, read, { signal });
      const status = (await raceAbort(putting(), abort).catch(warn("The cache was not written"))) ?? "failed";
      isOfUse = status === "stored";
      return status;
    },
  };
}

async function takeHit(
  run: RunContext,
  step: ProviderStep,
  cache: StepCache,
  key: string,
  signal: AbortSignal,
): Promise<KeptOutput | undefined> {
  const hit = await cache.get(key, { signal });
  if (hit === undefined) return undefined;
  const { modelVersion, payload, warnings } = hit.result;
  const assets: Asset[] = [];
  for (const asset of hit.result.assets) assets.push(await toAsset(run, hit, asset));
  const text = step.provider.yields === "text" ? await textOf(hit) : undefined;
  run.privacy.learnText(step, text);
  const cost = { usd: 0, unit: "cache hit", quantity: 1 };
  const kept = run.privacy.concealOutput(step, { assets, modelVersion, payload, cost, warnings });
  return { given: text === undefined ? {} : { text }, kept };
}

/** The asset in this run: under an id of its own, its bytes where those of the others are. */
async function toAsset(run: RunContext, hit: CacheHit, asset: CachedAsset): Promise<Asset> {
  const sha256 = await run.spool.put(await hit.read(asset), asset.mediaType);
  return { ...asset, assetId: run.runtime.createId(), url: `urn:sha256:${sha256}`, sha256 };
}

async function textOf(hit: CacheHit): Promise<string | undefined> {
  const [asset] = hit.result.assets;
  return asset === undefined ? undefined : new TextDecoder("utf-8", { ignoreBOM: true }).decode(await hit.read(asset));
}

/** The name of the step's work: the Python library's where it knows the like, with what it has no field for added. */
function keyOf(run: RunContext, step: ProviderStep, request: StepRequest): string | undefined {
  const { params, ...words } = recordedRequest(request);
  const isKnown = isWireType(step.type);
  const extra: JsonObject = {
    ...(isKnown ? {} : { _operation: step.type }),
    ...(request.outputSchema === undefined ? {} : { _output_schema: canonicalJson(request.outputSchema) }),
    ...rolesOf(request),
    // What the round before gave was not good enough, however equal the work is.
    ...(run.takes.some((take) => take > 0) ? { _takes: run.takes } : {}),
  };
  return stepCacheKey(
    {
      ...emptyStep,
      provider: step.provider.name,
      model: step.model,
      prompt: words.prompt ?? null,
      negativePrompt: words.negativePrompt ?? null,
      seed: words.seed ?? null,
      promptVisibility: step.promptVisibility,
      params: { ...params, ...extra },
      modality: step.provider.yields,
      stepType: isKnown ? step.type : "custom",
      inputs: request.inputs.map(({ asset }) => asset),
    },
    { tenantId: run.state.plan.definition.tenantId, ownerKey: run.ownerKey },
  );
}

/** One picture as first frame gives another film than as last frame. */
function rolesOf({ inputs }: StepRequest): JsonObject {
  const roles = inputs.map(({ role }) => role ?? null);
  return roles.every((role) => role === null) ? {} : { _roles: roles };
}

const emptyStep = {
  stepId: "",
  runId: null,
  modelVersion: null,
  modelHash: null,
  status: "pending",
  assets: [],
  providerPayload: {},
  retries: 0,
  costUsd: null,
  error: null,
  errorCode: null,
  startedAt: null,
  completedAt: null,
  stepIndex: null,
  metadata: {},
} as const;
