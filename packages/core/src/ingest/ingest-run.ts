import { createTimeText } from "../internal/time-text.js";
import type { JsonObject } from "../json/json-value.js";
import { assetProvenanceKey, compareAssetProvenanceKeys } from "../manifest/asset-provenance-key.js";
import { createRun, createStep } from "../manifest/create-model.js";
import type { Asset, Run, Step } from "../manifest/model.js";
import { modalityOf } from "../replay/import-provider.js";

/** What the record of an ingest says beyond its assets. */
export interface IngestFacts {
  readonly source: string;
  readonly sourceMetadata: JsonObject;
  readonly stepType: "ingest" | "import";
  readonly name: string | null;
  readonly tenantId: string | null;
  readonly projectId: string | null;
  readonly parentRunIds: readonly string[];
  readonly startedAt: number;
  readonly endedAt: number;
  readonly createId: () => string;
}

/**
 * The run of an ingest, as the Python library records one: a succeeded step without a provider for each asset, in the
 * order of their content, so that equal files give an equal hash in whatever order they came.
 */
export function toIngestRun(assets: readonly Asset[], facts: IngestFacts): Run {
  const { name, tenantId, projectId, parentRunIds, startedAt, endedAt, createId } = facts;
  const runId = createId();
  const timeText = createTimeText();
  return createRun({
    runId,
    name,
    tenantId,
    projectId,
    status: "completed",
    steps: sorted(assets).map((asset, stepIndex) => toStep(asset, stepIndex, runId, facts)),
    parentRunId: parentRunIds[0] ?? null,
    createdAt: timeText(startedAt),
    startedAt: timeText(startedAt),
    completedAt: timeText(endedAt),
    metadata: parentRunIds.length === 0 ? {} : { parent_run_ids: [...parentRunIds] },
  });
}

function sorted(assets: readonly Asset[]): readonly Asset[] {
  const keyed = assets.map((asset) => ({ asset, key: assetProvenanceKey(asset, "1.5") }));
  return keyed.sort((left, right) => compareAssetProvenanceKeys(left.key, right.key)).map(({ asset }) => asset);
}

function toStep(asset: Asset, stepIndex: number, runId: string, facts: IngestFacts): Step {
  const { source, sourceMetadata, stepType, createId } = facts;
  return createStep({
    stepId: createId(),
    runId,
    provider: null,
    model: source,
    stepType,
    modality: modalityOf(asset.mediaType),
    status: "succeeded",
    assets: [asset],
    stepIndex,
    metadata: { ...sourceMetadata, source },
  });
}
