import { GenblazeError } from "../errors/genblaze-error.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Verdict } from "../manifest/check-manifest.js";
import type { Manifest } from "../manifest/manifest.js";
import { commitTo } from "./commitment.js";
import { decryptField, ENCRYPTION_SCHEME } from "./encryption.js";
import { OPENING_FORMAT, type OpenedValue, type Opening } from "./opening.js";

/** A private value and whether the manifest holds to it. */
export interface RevealedValue {
  readonly step: number | null;
  readonly field: string;
  readonly value: JsonValue;
  readonly verdict: Verdict;
  readonly reason?: string;
}

/**
 * An opening from its JSON text.
 *
 * @throws GenblazeError `OPENING_INVALID`, which never shows the text
 */
export function parseOpening(text: string): Opening {
  let source: unknown;
  try {
    source = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which is private.
    throw invalid("it is not JSON");
  }
  if (!isObject(source) || source.format !== OPENING_FORMAT) throw invalid(`its format is not "${OPENING_FORMAT}"`);
  const { runId, values } = source;
  if (typeof runId !== "string" || !Array.isArray(values) || !values.every(isOpenedValue)) {
    throw invalid("a run id and a list of values with step, field and salt are expected");
  }
  return { format: OPENING_FORMAT, runId, values };
}

/**
 * Proves private values to someone who has the manifest: each one *matches* when the manifest commits to it, and
 * *differs* otherwise. The manifest is to be verified apart.
 *
 * @throws GenblazeError `OPENING_INVALID` for what is no opening
 */
export function checkOpening(manifest: Manifest, opening: Opening): readonly RevealedValue[] {
  const values: unknown = opening?.values;
  if (!Array.isArray(values) || !values.every(isOpenedValue)) throw invalid("it has no list of values");
  return values.map((opened) => {
    const { step, field, value } = opened;
    const committed = commitmentOf(manifest, step, field);
    if (committed === commitTo(opened)) return { step, field, value, verdict: "matches" };
    const reason =
      committed === undefined ? "The manifest has no commitment there." : "The manifest commits to another value.";
    return { step, field, value, verdict: "differs", reason };
  });
}

/**
 * The private values of encrypted steps.
 *
 * @throws GenblazeError `OPENING_INVALID` when the key is another one or a text was changed
 */
export function decryptManifest(manifest: Manifest, key: Uint8Array): readonly RevealedValue[] {
  const { scheme, input } = privateOf(manifest.run.metadata);
  const ofRun: readonly RevealedValue[] =
    scheme === ENCRYPTION_SCHEME && typeof input === "string"
      ? [{ step: null, field: "input", value: decryptField(input, "input", key), verdict: "matches" }]
      : [];
  const ofSteps = manifest.run.steps.flatMap((step, index) =>
    step.promptVisibility === "encrypted"
      ? Object.entries(encryptedFieldsOf(manifest, index)).map(([field, text]) => ({
          step: index,
          field,
          value: decryptField(text, field, key),
          verdict: "matches" as const,
        }))
      : [],
  );
  return [...ofSteps, ...ofRun];
}

/** The fields of an encrypted step and their JWEs. */
function encryptedFieldsOf(manifest: Manifest, index: number): Readonly<Record<string, string>> {
  const step = manifest.run.steps[index];
  const named = privateOf(step?.metadata);
  const paramNames = Array.isArray(named.params) ? named.params : [];
  const fields: [string, unknown][] = [
    ["prompt", step?.prompt],
    ["negative_prompt", step?.negativePrompt],
    ["seed", named.seed],
    ...paramNames.map((name): [string, unknown] => [`params.${String(name)}`, step?.params[String(name)]]),
  ];
  return Object.fromEntries(fields.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** What the manifest commits to for a field, if it does. */
function commitmentOf(manifest: Manifest, step: number | null, field: string): string | undefined {
  const { run } = manifest;
  const commitments = privateOf(step === null ? run.metadata : run.steps[step]?.metadata);
  const [group, ...name] = field.split(".");
  const place = group === "params" ? commitments.params : commitments;
  const found = isObject(place) ? place[group === "params" ? name.join(".") : field] : undefined;
  return typeof found === "string" ? found : undefined;
}

function privateOf(metadata: JsonObject | undefined): Readonly<Record<string, unknown>> {
  const found = metadata?.private;
  return isObject(found) ? found : {};
}

function isOpenedValue(value: unknown): value is OpenedValue {
  if (!isObject(value) || typeof value.field !== "string" || typeof value.salt !== "string") return false;
  return (value.step === null || Number.isSafeInteger(value.step)) && findNonJson(value.value) === undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(problem: string): GenblazeError {
  return new GenblazeError(
    "OPENING_INVALID",
    `This is no opening: ${problem}. Give the file that \`writeOpening\` or \`--opening\` wrote.`,
  );
}
