import type { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonValue } from "../json/json-value.js";
import type { Asset } from "../manifest/model.js";
import type { PipelineDefinition, StepDefinition } from "../pipeline/definition.js";
import { type Concealable, privateValues } from "../privacy/conceal-step.js";
import { createMask, type Mask } from "../privacy/mask.js";
import { maskError } from "../privacy/mask-error.js";
import { maskLogger } from "../privacy/mask-logger.js";
import { maskOutput } from "../privacy/mask-output.js";
import { isPrivate, privateSources, staticValues } from "../privacy/private-parts.js";
import type { Logger } from "../provider/logger.js";
import type { RecordedOutput } from "./journal.js";

/** What keeps private texts of one run out of what others say. */
export interface RunMasks {
  /** Takes the private texts of a step out of a text that goes elsewhere; of a public step it changes nothing. */
  maskOf(step: StepDefinition): Mask;
  /** A step's error as it may be told. */
  errorOf(step: StepDefinition, error: GenblazeError): GenblazeError;
  /** The logger of a step's provider. */
  loggerOf(step: StepDefinition, logger: Logger): Logger;
  /** Learns what is private of a request whose references were resolved, before anyone else sees it. */
  learn(step: StepDefinition, request: Concealable): void;
  /** Learns the text that a private prompt will be made of. */
  learnText(step: StepDefinition, text: string | undefined): void;
  /** What a step gave, as it may be recorded. */
  concealOutput(step: StepDefinition, output: RecordedOutput): RecordedOutput;
  /** The asset as its provider gave it, for the steps of this run. */
  assetAsGiven(asset: Asset): Asset;
  /** Whether the text that a step gives may stand in the manifest. */
  showsText(step: StepDefinition): boolean;
  /** Takes an input that private steps of a pipeline read out of what a schema says of it. */
  inputMask(definition: PipelineDefinition, input: unknown): Mask;
  /** Learns of a pipeline inside, before its steps run; `path` stands before their names. */
  cover(definition: PipelineDefinition, path: string): void;
}

const openMask: Mask = { text: (text) => text, json: (value) => value };

/** The masks of a run; they know what the definition says, and learn the rest as it goes on. */
export function createRunMasks(definition: PipelineDefinition): RunMasks {
  const masks = new Map<string, Mask>();
  const sources = new Set(privateSources(definition));
  const given = new Map<string, Asset>();

  function maskOf(step: StepDefinition): Mask {
    const known = masks.get(step.key);
    if (known !== undefined || !isPrivate(step)) return known ?? openMask;
    const mask = createMask(staticValues(step));
    masks.set(step.key, mask);
    return mask;
  }

  return {
    maskOf,
    errorOf: (step, error) => (isPrivate(step) ? maskError(error, maskOf(step)) : error),
    loggerOf: (step, logger) => (isPrivate(step) ? maskLogger(logger, maskOf(step)) : logger),
    learn(step, request) {
      if (!isPrivate(step)) return;
      masks.set(step.key, createMask([...staticValues(step), ...Object.values(privateValues(step, request))]));
    },
    learnText(step, text) {
      if (text !== undefined && sources.has(step.key) && !isPrivate(step)) masks.set(step.key, createMask([text]));
    },
    concealOutput(step, output) {
      const mask = maskOf(step);
      if (mask === openMask) return output;
      for (const asset of output.assets) given.set(asset.assetId, asset);
      return maskOutput(output, mask);
    },
    assetAsGiven: (asset) => given.get(asset.assetId) ?? asset,
    showsText: (step) => !isPrivate(step) && !sources.has(step.key),
    // What is no JSON has no texts that could be masked; schemas that quote such things are the caller's own.
    inputMask: (pipeline, input) =>
      privateSources(pipeline).has("input") ? createMask([input as JsonValue]) : openMask,
    cover(pipeline, path) {
      for (const name of privateSources(pipeline)) sources.add(`${path}${name}`);
    },
  };
}
