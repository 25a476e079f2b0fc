import { GenblazeError } from "../errors/genblaze-error.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import { parseAnswer } from "../json/parse-answer.js";
import { isSha256 } from "../manifest/is-sha256.js";
import type { Asset, AudioMetadata, VideoMetadata } from "../manifest/model.js";
import type { ProviderStep } from "../pipeline/definition.js";
import { validate } from "../pipeline/output-schema.js";
import { isPrivate } from "../privacy/private-parts.js";
import type { OutputAsset, ProviderOutput, StepRequest, StepWarning } from "../provider/provider.js";
import { checkAsset } from "./check-asset.js";
import type { RunContext } from "./run-context.js";
import { costOfOutput } from "./step-cost.js";
import type { RecordedOutput } from "./transitions.js";

/** Enough of an answer to see what it is. */
const SHOWN_CHARACTERS = 40;
// Readers of a manifest see short texts without fetching them; longer ones are in the asset only.
const longestInlineText = 16_384;

/** Turns what a provider gave into assets whose bytes the run keeps; OUTPUT_INVALID when there is nothing. */
export async function collectOutput(
  run: RunContext,
  step: ProviderStep,
  request: StepRequest,
  output: ProviderOutput,
): Promise<RecordedOutput> {
  const given =
    step.provider.yields === "text" ? textAssets(step, output, run.privacy.showsText(step)) : (output.assets ?? []);
  if (given.length === 0) throw invalid(step, "holds nothing");
  const warnings: StepWarning[] = [];
  const assets: Asset[] = [];
  for (const asset of given) {
    assets.push(checkAsset(await keepAsset(run, step, asset), (warning) => warnings.push(warning)));
  }
  const modelVersion = output.modelVersion?.toWellFormed();
  const payload = checkPayload(output, warnings);
  run.privacy.learnText(step, step.provider.yields === "text" ? textOf(output) : undefined);
  const cost = costOfOutput(run, step, request, output, assets);
  return run.privacy.concealOutput(step, { assets, modelVersion, payload, cost, warnings });
}

/** The text of a text step, or its JSON as the step's schema sees it; undefined for a step that yields media. */
export async function readValue(step: ProviderStep, output: ProviderOutput): Promise<unknown> {
  if (step.provider.yields !== "text") return undefined;
  if (step.output === undefined) return textOf(output);
  return validate(step.output, readJson(step, output), (problem) =>
    invalid(step, `does not fit the output schema: ${problem}`),
  );
}

/** The JSON of a text output; OUTPUT_INVALID when it is none. */
export function readJson(step: ProviderStep, { json, text }: ProviderOutput): JsonValue {
  return json ?? parseText(step, text);
}

/** The text of a text output, or its JSON as text. */
export function textOf({ json, text }: ProviderOutput): string | undefined {
  return (text ?? (json === undefined ? undefined : JSON.stringify(json)))?.toWellFormed();
}

function textAssets(step: ProviderStep, output: ProviderOutput, showsText: boolean): readonly OutputAsset[] {
  // Where a schema reads the JSON, the words around it would be read in its place later.
  const words = step.output !== undefined && output.json !== undefined ? textOf({ json: output.json }) : textOf(output);
  if (words === undefined) return [];
  const mediaType = output.json === undefined ? "text/plain" : "application/json";
  const metadata = showsText && words.length <= longestInlineText ? { metadata: { text: words } } : {};
  return [{ mediaType, bytes: new TextEncoder().encode(words), ...metadata }];
}

function checkPayload({ payload = noMetadata }: ProviderOutput, warnings: StepWarning[]): JsonObject {
  if (findNonJson(payload) === undefined) return payload;
  warnings.push({
    option: "output",
    message: "The provider's facts about its job were left out, since they are not JSON.",
  });
  return noMetadata;
}

function parseText(step: ProviderStep, text: string | undefined): JsonValue {
  try {
    return parseAnswer(text ?? "");
  } catch (error) {
    throw invalid(step, `is not JSON, though the step has an output schema${beginningOf(step, text)}`, error);
  }
}

/** How an answer begins, where its words may be shown. */
function beginningOf(step: ProviderStep, text = ""): string {
  if (isPrivate(step)) return "";
  const begin = text.trim().slice(0, SHOWN_CHARACTERS).toWellFormed();
  return begin === "" ? "; it is blank" : `; it begins with ${JSON.stringify(begin)}`;
}

async function keepAsset(run: RunContext, step: ProviderStep, given: OutputAsset): Promise<Asset> {
  const facts = factsOf(given);
  const assetId = run.runtime.createId();
  if ("url" in given) {
    const sha256 = given.sha256 !== undefined && isSha256(given.sha256) ? given.sha256 : null;
    return { ...facts, assetId, url: given.url.toWellFormed(), sha256, sizeBytes: given.sizeBytes ?? null };
  }
  if (given.bytes.byteLength === 0) throw invalid(step, "gave an asset without bytes");
  const sha256 = await run.spool.put(given.bytes, given.mediaType);
  // The bytes have no address until they are saved or written to a sink; their hash is their name.
  return { ...facts, assetId, url: `urn:sha256:${sha256}`, sha256, sizeBytes: given.bytes.byteLength };
}

function factsOf(given: OutputAsset) {
  return {
    mediaType: given.mediaType,
    width: given.width ?? null,
    height: given.height ?? null,
    duration: given.durationSeconds ?? null,
    video: given.video === undefined ? null : { ...noVideoFacts, ...given.video },
    audio: given.audio === undefined ? null : { ...noAudioFacts, ...given.audio },
    tracks: given.tracks ?? null,
    metadata: given.metadata ?? noMetadata,
  };
}

const noMetadata: JsonObject = {};
const noVideoFacts: VideoMetadata = {
  frameRate: null,
  codec: null,
  bitrate: null,
  colorSpace: null,
  hasAudio: null,
  resolution: null,
};
const noAudioFacts: AudioMetadata = { sampleRate: null, channels: null, codec: null, bitrate: null, wordTimings: null };

function invalid(step: ProviderStep, what: string, cause?: unknown): GenblazeError {
  return new GenblazeError(
    "OUTPUT_INVALID",
    `Step "${step.key}": the output of ${step.provider.name}/${step.model} ${what}.`,
    {
      cause,
      details: { step: step.key, provider: step.provider.name, model: step.model },
    },
  );
}
