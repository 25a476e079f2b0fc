import type { JsonValue } from "@genblaze/core";
import type { StepOverride } from "@genblaze/core/replay";
import { usageError } from "./output.js";

const PATTERN = /^(?<step>.+?)\.(?<field>provider|model|prompt|params\.(?<param>[^=]+))=(?<value>.*)$/s;

/** Overrides from words like `clip.model=veo-3` and `clip.params.durationSeconds=8`. */
export function parseOverrides(words: readonly unknown[]): Readonly<Record<string, StepOverride>> {
  const overrides = new Map<string, StepOverride>();
  for (const word of words) {
    const { step, override } = parseOverride(String(word));
    const known = overrides.get(step) ?? {};
    const params = { ...known.params, ...override.params };
    overrides.set(step, { ...known, ...override, ...(Object.keys(params).length === 0 ? {} : { params }) });
  }
  return Object.fromEntries(overrides);
}

function parseOverride(word: string): { readonly step: string; readonly override: StepOverride } {
  const { step, field, param, value } = PATTERN.exec(word)?.groups ?? {};
  if (step === undefined || field === undefined || value === undefined) {
    throw usageError(
      "--set takes STEP.FIELD=VALUE with a field of provider, model, prompt, params.NAME, like --set clip.model=veo-3.",
    );
  }
  return { step, override: param === undefined ? { [field]: value } : { params: { [param]: parseValue(value) } } };
}

/** JSON where it is JSON: `8`, `true`, `"8"`; else the text as it is. */
function parseValue(value: string): JsonValue {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
