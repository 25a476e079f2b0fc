import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { StepDefinition } from "../pipeline/definition.js";
import { COMMITMENT_SCHEME, type CommittedValue, commitTo } from "./commitment.js";
import { ENCRYPTION_SCHEME, encryptField } from "./encryption.js";

/** The part of a recorded request in which private values can stand. */
export interface Concealable {
  readonly prompt: string | undefined;
  readonly negativePrompt: string | undefined;
  readonly seed: number | undefined;
  readonly params: JsonObject;
}

/** A request without its private values, what stands for them, and what opens it. */
export interface Concealed extends Concealable {
  /** For the step's hashed metadata. */
  readonly private: JsonObject;
  /** Of a private step; an encrypted one is opened by its key. */
  readonly openings: readonly CommittedValue[];
}

/** Where salts and nonces come from. */
export interface ConcealMeans {
  /** 32 bytes as hex that nobody can guess. */
  readonly saltFor: (field: string) => string;
  readonly createNonce: () => Uint8Array;
  /** Present when a step is encrypted. */
  readonly encryptionKey: Uint8Array | undefined;
}

/** Takes the prompts and the parameters that the step names as private out of its request. */
export function concealStep(step: StepDefinition, request: Concealable, means: ConcealMeans): Concealed {
  const values = privateValues(step, request);
  const { encryptionKey } = means;
  if (step.promptVisibility === "encrypted" && encryptionKey !== undefined) {
    return encrypted(request, values, (field, value) =>
      encryptField({ field, value }, encryptionKey, means.createNonce()),
    );
  }
  const openings = Object.entries(values).map(([field, value]) => ({ field, salt: means.saltFor(field), value }));
  return {
    prompt: undefined,
    negativePrompt: undefined,
    seed: "seed" in values ? undefined : request.seed,
    params: without(request.params, Object.keys(values)),
    private: { scheme: COMMITMENT_SCHEME, ...grouped(openings) },
    openings,
  };
}

/** The private values of a request by field. */
export function privateValues(step: StepDefinition, request: Concealable): Readonly<Record<string, JsonValue>> {
  const { prompt, negativePrompt, seed, params } = request;
  const named = new Set(step.privateParams);
  const fields: [string, JsonValue | undefined][] = [
    ["prompt", prompt],
    ["negative_prompt", negativePrompt],
    ["seed", named.has("seed") ? seed : undefined],
    ...Object.entries(params)
      .filter(([name]) => named.has(name))
      .map(([name, value]): [string, JsonValue] => [`params.${name}`, value]),
  ];
  return Object.fromEntries(fields.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));
}

function encrypted(
  request: Concealable,
  values: Readonly<Record<string, JsonValue>>,
  encrypt: (field: string, value: JsonValue) => string,
): Concealed {
  const sealed = Object.fromEntries(Object.entries(values).map(([field, value]) => [field, encrypt(field, value)]));
  const paramNames = Object.keys(sealed)
    .filter((field) => field.startsWith("params."))
    .map(paramOf);
  const params = Object.fromEntries(
    Object.entries(request.params).map(([name, value]) => [name, sealed[`params.${name}`] ?? value]),
  );
  return {
    prompt: sealed.prompt,
    negativePrompt: sealed.negative_prompt,
    seed: "seed" in sealed ? undefined : request.seed,
    params,
    private: {
      scheme: ENCRYPTION_SCHEME,
      ...(sealed.seed === undefined ? {} : { seed: sealed.seed }),
      ...(paramNames.length === 0 ? {} : { params: paramNames }),
    },
    openings: [],
  };
}

/** Commitments under the names of their fields, those of parameters in an object of their own. */
function grouped(openings: readonly CommittedValue[]): JsonObject {
  const params = openings.filter(({ field }) => field.startsWith("params."));
  const others = openings.filter((opened) => !params.includes(opened));
  const plain = Object.fromEntries(others.map((opened) => [opened.field, commitTo(opened)]));
  if (params.length === 0) return plain;
  return { ...plain, params: Object.fromEntries(params.map((opened) => [paramOf(opened.field), commitTo(opened)])) };
}

function without(params: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !fields.includes(`params.${name}`)));
}

function paramOf(field: string): string {
  return field.slice("params.".length);
}
