import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Step } from "../manifest/model.js";
import { COMMITMENT_SCHEME } from "../privacy/commitment.js";
import { ENCRYPTION_SCHEME } from "../privacy/encryption.js";
import type { StepType } from "../provider/provider.js";

/** What the Python library writes between the user's own facts: outcomes of that run, no wishes for the next. */
const PYTHON_KEYS: ReadonlySet<string> = new Set([
  "_fallback_models",
  "_input_from",
  "fallback_from",
  "fallback_model",
  "failure_reason",
  "provider_invoked",
  "moderation",
  "upstream_id",
]);

/** Types that stand as `custom` in a manifest. */
const OPERATIONS: ReadonlySet<unknown> = new Set<StepType>([
  "classify",
  "transcribe",
  "caption",
  "moderate",
  "judge",
  "compose",
]);

/** The facts that the user gave a step: its metadata without what runs of either library add. */
export function ownMetadata(step: Step): JsonObject {
  return Object.fromEntries(Object.entries(step.metadata).filter(([key, value]) => !isAdded(step, key, value)));
}

/** The facts that the user gave a run. */
export function ownRunMetadata(metadata: JsonObject): JsonObject {
  const { input, parent_run_ids, ...others } = metadata;
  return Object.fromEntries(Object.entries(others).filter(([key, value]) => key !== "private" || !isPrivacy(value)));
}

/** What a step did, also where a manifest has no word for it. */
export function stepTypeOf({ stepType, metadata }: Step): StepType {
  const { operation } = metadata;
  // The set holds step types and nothing else.
  return stepType === "custom" && OPERATIONS.has(operation) ? (operation as StepType) : stepType;
}

/** Whether a value is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a recorded step is that of a node: what it did is recorded in the steps after it. */
export function isNodeRecord({ provider, stepType, model, metadata }: Step): boolean {
  return provider === "genblaze" && stepType === "custom" && metadata.operation === model;
}

// By shape where users may have facts of the same name.
function isAdded(step: Step, key: string, value: JsonValue): boolean {
  switch (key) {
    case "name":
      return true;
    case "operation":
      return step.stepType === "custom" && (OPERATIONS.has(value) || isNodeRecord(step));
    case "input_roles":
      return Array.isArray(value);
    case "references":
      return (
        isObject(value) && Object.values(value).every((source) => typeof source === "string" || Array.isArray(source))
      );
    case "part_of":
      return typeof value === "number";
    case "reason":
      return step.metadata.state === "skipped";
    case "decisions":
    case "evidence":
    case "answer":
      return isNodeRecord(step);
    case "state":
      return value === "skipped";
    case "private":
      return isPrivacy(value);
    default:
      return PYTHON_KEYS.has(key);
  }
}

function isPrivacy(value: JsonValue): boolean {
  return isObject(value) && (value.scheme === COMMITMENT_SCHEME || value.scheme === ENCRYPTION_SCHEME);
}
