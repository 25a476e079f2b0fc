import type { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonValue } from "../json/json-value.js";
import type { Asset } from "../manifest/model.js";
import type { PipelineDefinition, StepDefinition } from "../pipeline/definition.js";
import { type Concealable, privateValues } from "../privacy/conceal-step.js";
import { createMask, type Mask } from "../privacy/mask.js";
import { maskError } from "../privacy/mask-error.js";
import { maskLogger } from "../privacy/mask-logger.js";
import { maskOutput } from "../privacy/mask-output.js";
import { hasPrivate, isPrivate, privateSources, staticValues } from "../privacy/private-parts.js";
import type { Logger } from "../provider/logger.js";
import type { RecordedOutput } from "./transitions.js";

/** What keeps private texts of one run out of what others say. */
export interface RunMasks {
  /** Whether the run has private words at all; most have none. */
  readonly hidesWords: boolean;
  /**
   * Takes the private texts of a step out of a text that goes elsewhere: its words, and what it said to them. Of a
   * public step it changes nothing, unless private words are made of what it gives or is given.
   */
  maskOf(step: StepDefinition): Mask;
  /** A step's error as it may be told. */
  errorOf(step: StepDefinition, error: GenblazeError): GenblazeError;
  /** The logger of a step's provider. */
  loggerOf(step: StepDefinition, logger: Logger): Logger;
  /** Learns what is private of a request whose references were resolved, before anyone else sees it. */
  learn(step: StepDefinition, request: Concealable): void;
  /** Learns the text that a private step gave, or that a private prompt will be made of. */
  learnText(step: StepDefinition, text: string | undefined): void;
  /** Learns what a node was given, where that is private. */
  learnInput(step: StepDefinition, input: unknown): void;
  /** What a step gave, as it may be recorded. */
  concealOutput(step: StepDefinition, output: RecordedOutput): RecordedOutput;
  /** The asset as its provider gave it, for the steps of this run. */
  assetAsGiven(asset: Asset): Asset;
  /** Whether the text that a step gives may stand in the manifest. */
  showsText(step: StepDefinition): boolean;
  /** Whether what `from(name, ...)` reads in a scope is kept out of the records; `path` is that of the scope. */
  isHiddenSource(path: string, name: string): boolean;
  /** Takes an input that private steps of a pipeline read out of what a schema says of it. */
  inputMask(definition: PipelineDefinition, input: unknown): Mask;
  /** Learns of a pipeline inside, before its steps run; `path` stands before their names. */
  cover(definition: PipelineDefinition, path: string): void;
}

const openMask: Mask = { text: (text) => text, json: (value) => value };

/** Those of runs without anything private, which are most: they need no memory. */
const nothingHidden: RunMasks = {
  hidesWords: false,
  maskOf: () => openMask,
  errorOf: (_step, error) => error,
  loggerOf: (_step, logger) => logger,
  learn() {},
  learnText() {},
  learnInput() {},
  concealOutput: (_step, output) => output,
  assetAsGiven: (asset) => asset,
  showsText: () => true,
  isHiddenSource: () => false,
  inputMask: () => openMask,
  cover() {},
};

/** The masks of a run; they know what the definition says, and learn the rest as it goes on. */
export function createRunMasks(definition: PipelineDefinition): RunMasks {
  return hasPrivate(definition) ? learningMasks(definition) : nothingHidden;
}

function learningMasks(definition: PipelineDefinition): RunMasks {
  const masks = new Map<string, Mask>();
  const words = new Map<string, readonly JsonValue[]>();
  const sources = new Set<string>();
  const given = new Map<string, Asset>();

  function cover(pipeline: PipelineDefinition, path: string): void {
    for (const name of privateSources(pipeline)) sources.add(`${path}${name}`);
    for (const step of pipeline.steps) if (isPrivate(step)) sources.add(`${path}${step.key}`);
  }

  function hides(step: StepDefinition): boolean {
    return isPrivate(step) || sources.has(step.key);
  }

  function add(step: StepDefinition, values: readonly JsonValue[]): void {
    words.set(step.key, [...(words.get(step.key) ?? (isPrivate(step) ? staticValues(step) : [])), ...values]);
    masks.delete(step.key);
  }

  function maskOf(step: StepDefinition): Mask {
    const known = masks.get(step.key);
    if (known !== undefined) return known;
    const hidden = words.get(step.key) ?? (isPrivate(step) ? staticValues(step) : undefined);
    if (hidden === undefined) return openMask;
    const mask = createMask(hidden);
    masks.set(step.key, mask);
    return mask;
  }

  cover(definition, "");
  return {
    maskOf,
    hidesWords: true,
    errorOf: (step, error) => (maskOf(step) === openMask ? error : maskError(error, maskOf(step))),
    loggerOf: (step, logger) => (maskOf(step) === openMask ? logger : maskLogger(logger, maskOf(step))),
    learn(step, request) {
      if (isPrivate(step)) add(step, Object.values(privateValues(step, request)));
    },
    learnText(step, text) {
      if (text !== undefined && hides(step)) add(step, [text]);
    },
    // What is no JSON has texts as well, of which the mask finds those in plain objects and lists.
    learnInput: (step, input) => add(step, [input as JsonValue]),
    concealOutput(step, output) {
      const mask = maskOf(step);
      if (mask === openMask) return output;
      for (const asset of output.assets) given.set(asset.assetId, asset);
      return maskOutput(output, mask);
    },
    assetAsGiven: (asset) => given.get(asset.assetId) ?? asset,
    showsText: (step) => !hides(step),
    isHiddenSource: (path, name) => sources.has(`${path}${name}`),
    // What is no JSON has no texts that could be masked; schemas that quote such things are the caller's own.
    inputMask: (pipeline, input) =>
      privateSources(pipeline).has("input") ? createMask([input as JsonValue]) : openMask,
    cover,
  };
}
