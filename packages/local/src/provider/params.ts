import {
  GenblazeError,
  type JsonObject,
  type JsonValue,
  type StepRequest,
  type StepWarning,
} from "@genblaze/core/provider";

/** Reads a step's parameters one by one; what was never asked for becomes a warning. */
export interface ParamReader {
  number(name: string, limits: { readonly min: number; readonly max: number; readonly fallback: number }): number;
  whole(name: string, limits: { readonly min: number; readonly max: number; readonly fallback: number }): number;
  /** A frame's side: even, 64 to 1920 across, 36 to 1080 down. */
  size(): { readonly width: number; readonly height: number };
  choice<Value extends string>(name: string, values: readonly Value[], fallback: Value): Value;
  flag(name: string, fallback: boolean): boolean;
  text(name: string): string | undefined;
  object(name: string): JsonObject | undefined;
  list(name: string): readonly JsonValue[] | undefined;
  warnings(): readonly StepWarning[];
}

/** Makes the reader for one request; every refusal is INVALID_INPUT with a sentence. */
export function readParams(model: string, request: StepRequest): ParamReader {
  const { params } = request;
  const asked = new Set<string>();
  const take = (name: string): JsonValue | undefined => {
    asked.add(name);
    return Object.hasOwn(params, name) ? params[name] : undefined;
  };
  const refuse = (name: string, expected: string, value: JsonValue): never => {
    throw invalidInput(`${model}: params.${name} must be ${expected}; got ${JSON.stringify(value)?.slice(0, 80)}.`);
  };
  const number: ParamReader["number"] = (name, { min, max, fallback }) => {
    const value = take(name);
    if (value === undefined) return fallback;
    return typeof value === "number" && value >= min && value <= max
      ? value
      : refuse(name, `a number from ${min} to ${max}`, value);
  };
  const whole: ParamReader["whole"] = (name, limits) => {
    const value = number(name, limits);
    return Number.isInteger(value) ? value : refuse(name, `a whole number from ${limits.min} to ${limits.max}`, value);
  };
  const even = (name: string, limits: { min: number; max: number; fallback: number }): number => {
    const value = whole(name, limits);
    return value % 2 === 0 ? value : refuse(name, `an even number from ${limits.min} to ${limits.max}`, value);
  };
  return {
    number,
    whole,
    size: () => ({
      width: even("width", { min: 64, max: 1920, fallback: 1280 }),
      height: even("height", { min: 36, max: 1080, fallback: 720 }),
    }),
    choice: (name, values, fallback) => {
      const value = take(name);
      if (value === undefined) return fallback;
      return values.find((known) => known === value) ?? refuse(name, `one of ${values.join(", ")}`, value);
    },
    flag: (name, fallback) => {
      const value = take(name) ?? fallback;
      return typeof value === "boolean" ? value : refuse(name, "true or false", value);
    },
    text: (name) => {
      const value = take(name);
      if (value === undefined || value === null) return undefined;
      return typeof value === "string" && value.length <= 2000
        ? value
        : refuse(name, "a text of at most 2000 characters", value);
    },
    object: (name) => {
      const value = take(name);
      if (value === undefined || value === null) return undefined;
      return isObject(value) ? value : refuse(name, "an object", value);
    },
    list: (name) => {
      const value = take(name);
      if (value === undefined || value === null) return undefined;
      return Array.isArray(value) && value.length <= 200 ? value : refuse(name, "a list of at most 200 entries", value);
    },
    warnings: () => unusedWarnings(model, request, asked),
  };
}

/** An INVALID_INPUT error. */
export function invalidInput(message: string): GenblazeError {
  return new GenblazeError("INVALID_INPUT", message);
}

/** The prompt, trimmed; INVALID_INPUT when there is none or it is longer than 4000 characters. */
export function requirePrompt(model: string, request: StepRequest): string {
  const prompt = request.prompt?.trim() ?? "";
  if (prompt === "") throw invalidInput(`${model} needs a prompt: a sentence that says what to make.`);
  if (prompt.length > 4000)
    throw invalidInput(`${model}: the prompt must be at most 4000 characters; got ${prompt.length}.`);
  return prompt;
}

/** The step's seed as a 32-bit number. */
export function seedOf(request: StepRequest): number {
  return Math.trunc(request.seed ?? 0) >>> 0;
}

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unusedWarnings(model: string, request: StepRequest, asked: ReadonlySet<string>): readonly StepWarning[] {
  const unknown = Object.keys(request.params)
    .filter((name) => !asked.has(name))
    .map((name) => ({ option: `params.${name}`, message: `${model} does not know this parameter and ignores it.` }));
  return request.negativePrompt === undefined
    ? unknown
    : [...unknown, { option: "negativePrompt", message: `${model} ignores negative prompts.` }];
}
