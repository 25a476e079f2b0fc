import { createHmac } from "node:crypto";
import { assertOwnerKey } from "../cache/step-cache-key.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { canonicalJson } from "../json/canonical-json.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { PipelineDefinition, StepDefinition } from "../pipeline/definition.js";
import type { Plan } from "../pipeline/plan.js";
import { COMMITMENT_SCHEME, type CommittedValue, commitTo } from "../privacy/commitment.js";
import { concealStep } from "../privacy/conceal-step.js";
import { assertEncryptionKey, ENCRYPTION_SCHEME, encryptField, NONCE_BYTES } from "../privacy/encryption.js";
import { maskWarnings } from "../privacy/mask-output.js";
import { createOpening, type OpenedValue, type Opening } from "../privacy/opening.js";
import { findEncrypted, hasEncrypted, isEncrypted, isPrivate, readersOf } from "../privacy/private-parts.js";
import { createRunMasks, type RunMasks } from "./run-masks.js";
import type { RecordedRequest } from "./transitions.js";

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

/** What is kept out of the records of one run, and what stands there instead. */
export interface RunPrivacy extends RunMasks {
  /** The label that a manifest with encrypted steps carries. */
  readonly encryptionScheme: string | null;
  /** A step's request as it may be recorded. */
  conceal(step: StepDefinition, request: RecordedRequest): RecordedRequest;
  /** What the manifest says of the run's input. */
  inputMetadata(input: JsonValue | undefined): JsonObject;
  /** Tells an input from others without saying it; undefined where nothing but the input itself could. */
  inputMark(input: JsonValue): string | undefined;
  /** What opens the commitments so far; undefined when there are none. `places` are those of steps in the manifest. */
  opening(places: ReadonlyMap<string, number>): Opening | undefined;
}

const SALT_BYTES = 32;

/** INVALID_OPTION when a step is encrypted and there is no key; KEY_INVALID. */
export function createRunPrivacy(
  { definition }: Plan,
  runId: string,
  { ownerKey, encryptionKey }: PrivacyOptions,
  randomBytes: (length: number) => Uint8Array,
  saltKey: Uint8Array | undefined = ownerKey,
): RunPrivacy {
  if (ownerKey !== undefined) assertOwnerKey(ownerKey);
  if (encryptionKey !== undefined) assertEncryptionKey(encryptionKey);
  assertKeys(definition, encryptionKey);
  const masks = createRunMasks(definition);
  /** By the full name of their step; those of the run under the empty one. */
  const values = new Map<string, readonly CommittedValue[]>();
  const inputReaders = readersOf(definition, "input");

  /** Random ones; what is recorded once more is opened by the same. */
  const salts = new Map<string, Uint8Array>();

  function saltFor(place: string, field: string): string {
    const name = canonicalJson({ field, place, runId });
    const made = saltKey === undefined ? randomSalt(name) : createHmac("sha256", saltKey).update(name).digest();
    return Buffer.from(made).toString("hex");
  }

  function randomSalt(name: string): Uint8Array {
    const salt = salts.get(name) ?? randomBytes(SALT_BYTES);
    salts.set(name, salt);
    return salt;
  }

  return {
    ...masks,
    encryptionScheme: hasEncrypted(definition) ? ENCRYPTION_SCHEME : null,
    conceal(step, request) {
      if (!isPrivate(step)) return request;
      const concealed = concealStep(step, request, {
        saltFor: (field) => saltFor(step.key, field),
        createNonce: () => randomBytes(NONCE_BYTES),
        encryptionKey,
      });
      const { openings, ...shown } = concealed;
      values.set(step.key, openings);
      return { ...request, warnings: maskWarnings(request.warnings, masks.maskOf(step)), ...shown };
    },
    inputMetadata(input) {
      if (input === undefined) return {};
      if (inputReaders.length === 0) return { input };
      if (inputReaders.every(isEncrypted) && encryptionKey !== undefined) {
        const sealed = encryptField({ field: "input", value: input }, encryptionKey, randomBytes(NONCE_BYTES));
        return { private: { scheme: ENCRYPTION_SCHEME, input: sealed } };
      }
      const opened = { field: "input", salt: saltFor("", "input"), value: input };
      values.set("", [opened]);
      return { private: { scheme: COMMITMENT_SCHEME, input: commitTo(opened) } };
    },
    inputMark(input) {
      if (saltKey === undefined) return undefined;
      return createHmac("sha256", saltKey).update(canonicalJson({ input, runId })).digest("hex");
    },
    opening(places) {
      const opened = [...values].flatMap(([key, all]) =>
        all.map((each) => ({ step: places.get(key) ?? null, ...each })),
      );
      return opened.length === 0 ? undefined : createOpening(runId, inOrder(opened));
    },
  };
}

function assertKeys({ steps }: PipelineDefinition, encryptionKey: Uint8Array | undefined): void {
  const step = findEncrypted(steps);
  if (step === undefined || encryptionKey !== undefined) return;
  const message = `Step "${step.key}" is encrypted, so the run needs a key. Give it option privacy: { encryptionKey } of 32 bytes (--encrypt).`;
  throw new GenblazeError("INVALID_OPTION", message, { details: { step: step.key } });
}

/** By step, those of the run last; steps end in any order. */
function inOrder(values: readonly OpenedValue[]): readonly OpenedValue[] {
  const placeOf = ({ step }: OpenedValue) => step ?? Number.POSITIVE_INFINITY;
  return values.toSorted((left, right) => (placeOf(left) === placeOf(right) ? 0 : placeOf(left) - placeOf(right)));
}
