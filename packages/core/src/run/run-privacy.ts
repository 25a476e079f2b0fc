import { createHmac } from "node:crypto";
import { assertOwnerKey } from "../cache/step-cache-key.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { canonicalJson } from "../json/canonical-json.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Asset } from "../manifest/model.js";
import type { PipelineDefinition, StepDefinition } from "../pipeline/definition.js";
import type { Plan } from "../pipeline/plan.js";
import { isReference } from "../pipeline/reference.js";
import { COMMITMENT_SCHEME, commitTo } from "../privacy/commitment.js";
import { type Concealable, concealStep, privateValues } from "../privacy/conceal-step.js";
import { assertEncryptionKey, ENCRYPTION_SCHEME, encryptField, NONCE_BYTES } from "../privacy/encryption.js";
import { createMask, type Mask } from "../privacy/mask.js";
import { maskError } from "../privacy/mask-error.js";
import { maskLogger } from "../privacy/mask-logger.js";
import { maskOutput, maskWarnings } from "../privacy/mask-output.js";
import { createOpening, type OpenedValue, type Opening } from "../privacy/opening.js";
import type { Logger } from "../provider/logger.js";
import type { RecordedOutput, RecordedRequest } from "./journal.js";

/** Keys of the owner of private steps. */
export interface PrivacyOptions {
  /**
   * A secret of at least 16 bytes. Salts are then made from it, so that the same run gives the same commitments
   * again, and private steps can be cached.
   * @default none: salts are random
   */
  readonly ownerKey?: Uint8Array | undefined;
  /** The 32 bytes that encrypt the steps with `promptVisibility: "encrypted"`. @default none */
  readonly encryptionKey?: Uint8Array | undefined;
}

/** What is kept out of the records of one run. */
export interface RunPrivacy {
  /** The label that a manifest with encrypted steps carries. */
  readonly encryptionScheme: string | null;
  /** Takes the private texts of a step out of a text that goes elsewhere; of a public step it changes nothing. */
  maskOf(step: StepDefinition): Mask;
  errorOf(step: StepDefinition, error: GenblazeError): GenblazeError;
  /** Learns what is private of a request whose references were resolved, before anyone else sees it. */
  learn(step: StepDefinition, request: Concealable): void;
  /** Learns the text that a private prompt will be made of. */
  learnText(step: StepDefinition, text: string | undefined): void;
  /** What a step gave, as it may be recorded. */
  concealOutput(step: StepDefinition, output: RecordedOutput): RecordedOutput;
  /** The asset as its provider gave it, for the steps of this run. */
  assetAsGiven(asset: Asset): Asset;
  /** A step's request as it may be recorded. */
  conceal(step: StepDefinition, index: number, request: RecordedRequest): RecordedRequest;
  /** The logger of a step's provider. */
  loggerOf(step: StepDefinition, logger: Logger): Logger;
  /** Whether the text that a step gives may stand in the manifest. */
  showsText(step: StepDefinition): boolean;
  /** Takes an input that a private step reads out of what a schema says of it. */
  inputMask(input: unknown): Mask;
  /** What the manifest says of the run's input. */
  inputMetadata(input: JsonValue | undefined): JsonObject;
  /** What opens the commitments so far; undefined when there are none. */
  opening(): Opening | undefined;
}

const SALT_BYTES = 32;
const openMask: Mask = { text: (text) => text, json: (value) => value };

/** INVALID_OPTION when a step is encrypted and there is no key; KEY_INVALID. */
export function createRunPrivacy(
  { definition }: Plan,
  runId: string,
  { ownerKey, encryptionKey }: PrivacyOptions,
  randomBytes: (length: number) => Uint8Array,
): RunPrivacy {
  if (ownerKey !== undefined) assertOwnerKey(ownerKey);
  if (encryptionKey !== undefined) assertEncryptionKey(encryptionKey);
  assertKeys(definition, encryptionKey);
  const masks = new Map(definition.steps.filter(isPrivate).map((step) => [step.key, createMask(staticValues(step))]));
  const sources = privateSources(definition);
  const values: OpenedValue[] = [];
  const given = new Map<string, Asset>();
  const isInputEncrypted = readersOf(definition, "input").every(isEncrypted);

  function saltFor(place: string, field: string): string {
    const salt =
      ownerKey === undefined
        ? randomBytes(SALT_BYTES)
        : createHmac("sha256", ownerKey).update(canonicalJson({ field, place, runId })).digest();
    return Buffer.from(salt).toString("hex");
  }

  const maskOf = (step: StepDefinition) => masks.get(step.key) ?? openMask;
  return {
    encryptionScheme: definition.steps.some(isEncrypted) ? ENCRYPTION_SCHEME : null,
    maskOf,
    errorOf: (step, error) => (isPrivate(step) ? maskError(error, maskOf(step)) : error),
    learn(step, request) {
      if (!isPrivate(step)) return;
      masks.set(step.key, createMask([...staticValues(step), ...Object.values(privateValues(step, request))]));
    },
    learnText(step, text) {
      if (text !== undefined && sources.has(step.key) && !isPrivate(step)) masks.set(step.key, createMask([text]));
    },
    concealOutput(step, output) {
      const mask = masks.get(step.key);
      if (mask === undefined) return output;
      for (const asset of output.assets) given.set(asset.assetId, asset);
      return maskOutput(output, mask);
    },
    assetAsGiven: (asset) => given.get(asset.assetId) ?? asset,
    conceal(step, index, request) {
      if (!isPrivate(step)) return request;
      const concealed = concealStep(step, index, request, {
        saltFor: (field) => saltFor(step.key, field),
        createNonce: () => randomBytes(NONCE_BYTES),
        encryptionKey,
      });
      const { openings, ...shown } = concealed;
      values.push(...openings);
      return { ...request, warnings: maskWarnings(request.warnings, maskOf(step)), ...shown };
    },
    loggerOf: (step, logger) => (isPrivate(step) ? maskLogger(logger, maskOf(step)) : logger),
    showsText: (step) => !isPrivate(step) && !sources.has(step.key),
    // What is no JSON has no texts that could be masked; schemas that quote such things are the caller's own.
    inputMask: (input) => (sources.has("input") ? createMask([input as JsonValue]) : openMask),
    inputMetadata(input) {
      if (input === undefined) return {};
      if (!sources.has("input")) return { input };
      if (isInputEncrypted && encryptionKey !== undefined) {
        const sealed = encryptField({ field: "input", value: input }, encryptionKey, randomBytes(NONCE_BYTES));
        return { private: { scheme: ENCRYPTION_SCHEME, input: sealed } };
      }
      const opened = { step: null, field: "input", salt: saltFor("", "input"), value: input };
      values.push(opened);
      return { private: { scheme: COMMITMENT_SCHEME, input: commitTo(opened) } };
    },
    opening: () => (values.length === 0 ? undefined : createOpening(runId, inOrder(values))),
  };
}

function assertKeys({ steps }: PipelineDefinition, encryptionKey: Uint8Array | undefined): void {
  const step = steps.find(isEncrypted);
  if (step === undefined || encryptionKey !== undefined) return;
  const message = `Step "${step.key}" is encrypted, so the run needs a key. Give it option privacy: { encryptionKey } of 32 bytes (--encrypt).`;
  throw new GenblazeError("INVALID_OPTION", message, { details: { step: step.key } });
}

/** What a step's definition says already; what is computed comes with its request. */
function staticValues({ prompt, params, providerOptions, privateParams }: StepDefinition): JsonValue[] {
  const all: Readonly<Record<string, unknown>> = { ...params, providerOptions };
  const named = ["negativePrompt", ...privateParams].map((name) => all[name]);
  // Parameters that are no references are JSON; the definition was checked.
  return [prompt, ...named].filter((value) => value !== undefined && !isReference(value)) as JsonValue[];
}

/** What private values are computed from: to show it would show them. */
function privateSources({ steps }: PipelineDefinition): ReadonlySet<string> {
  return new Set(steps.filter(isPrivate).flatMap(privateReferences));
}

/** The sources of a private step's prompts and private parameters. */
function privateReferences({ prompt, params, privateParams }: StepDefinition): readonly string[] {
  const named = ["negativePrompt", ...privateParams].map((name) => params[name]);
  return [prompt, ...named].filter(isReference).map(({ source }) => source);
}

function readersOf({ steps }: PipelineDefinition, source: string): readonly StepDefinition[] {
  return steps.filter((step) => isPrivate(step) && privateReferences(step).includes(source));
}

/** By step, those of the run last; steps end in any order. */
function inOrder(values: readonly OpenedValue[]): readonly OpenedValue[] {
  const placeOf = ({ step }: OpenedValue) => step ?? Number.POSITIVE_INFINITY;
  return values.toSorted((left, right) => (placeOf(left) === placeOf(right) ? 0 : placeOf(left) - placeOf(right)));
}

function isPrivate({ promptVisibility }: StepDefinition): boolean {
  return promptVisibility !== "public";
}

function isEncrypted({ promptVisibility }: StepDefinition): boolean {
  return promptVisibility === "encrypted";
}
