import { z } from "zod";
import type { Journal } from "../journal/journal.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import { checkOptions } from "../options/check-options.js";
import { type ExternalAsset, isExternalAsset } from "../pipeline/external-asset.js";
import { jsonObject, objectWith, runtime, timeoutMs } from "../pipeline/option-schemas.js";
import { cacheModes } from "../pipeline/step-option-schemas.js";
import type { CacheMode } from "../pipeline/step-options.js";
import type { SigningKey } from "../signature/keys.js";
import type { Sink } from "../storage/sink.js";
import type { OnChange } from "./restore-run.js";
import type { AnswerWaiting } from "./run-context.js";
import type { RunEvent } from "./run-events.js";
import type { PrivacyOptions } from "./run-privacy.js";
import type { Runtime } from "./runtime.js";
import type { StreamOptions } from "./stream-options.js";

/** What `run`, `start` and `stream` take. */
export interface RunOptions<In = unknown> {
  /** The run's input; checked by the pipeline's `input` schema. */
  readonly input?: In | undefined;
  /** Assets for a pipeline that `accepts` some: a list, or role -> one or several. @default none */
  readonly assets?:
    | readonly ExternalAsset[]
    | Readonly<Record<string, ExternalAsset | readonly ExternalAsset[]>>
    | undefined;
  /** Answers for steps that wait for one, by their names: `{ approve: { approved: true } }`. @default {} */
  readonly answers?: Readonly<Record<string, JsonValue>> | undefined;
  /**
   * Asked when a step waits for an answer; undefined lets the run rest.
   * @default the run rests, to be resumed with `answers`
   */
  readonly onWaiting?: AnswerWaiting | undefined;
  /** Where the finished run is written to. @default nowhere; the result holds the bytes */
  readonly sink?: Sink | undefined;
  /** Ends the run when aborted: steps under way are cancelled, the others are not begun. */
  readonly signal?: AbortSignal | undefined;
  /** Time limit of the whole run in milliseconds. @default none */
  readonly timeoutMs?: number | undefined;
  /** How many steps run at the same time at most. @default no limit: every step whose inputs are ready runs */
  readonly concurrency?: number | undefined;
  /** Whether a run that did not complete rejects (with the result in the error) or is returned. @default true */
  readonly throwOnFailure?: boolean | undefined;
  /** Called with every event. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** What the runtime's cache does for steps that do not say it themselves. @default "use" */
  readonly cache?: CacheMode | undefined;
  /** Signs the manifest of the run, as `signManifest` does. @default it is not signed */
  readonly signingKey?: SigningKey | undefined;
  /** Keys for private and encrypted steps. @default none */
  readonly privacy?: PrivacyOptions | undefined;
  /** Facts for the manifest of this run, beside those of its pipeline; hashed. @default {} */
  readonly metadata?: JsonObject | undefined;
  /** Ids of the runs that this one is made from; the first also stands as `parent_run_id`. Hashed. @default [] */
  readonly parentRunIds?: readonly string[] | undefined;
  /** @default the pipeline's runtime, or a new one with real time and network */
  readonly runtime?: Runtime | undefined;
  /** Where the run is written down as it goes on. @default the runtime's, or memory */
  readonly journal?: Journal | undefined;
  /**
   * The run's id, 1 to 200 characters; with a journal it makes the call repeatable: what has ended gives its result
   * again, what was interrupted goes on, and nothing is paid twice. @default a new id
   */
  readonly runId?: string | undefined;
  /** What is done when the run was begun with another pipeline. @default "fail", with RUN_CHANGED */
  readonly onChange?: OnChange | undefined;
  /**
   * What this run may spend in US dollars, what it spent in earlier turns counted, beside the budgets of its runtime.
   * Every request keeps back what it may cost before it is made; of unknown price, it is not made unless the runtime's
   * budget assumes one. It is that of this call: `resume(runId)` is given its own. @default no cap
   */
  readonly budgetUsd?: number | undefined;
  /**
   * What is done when nobody can tell whether a provider took a job: `resubmit` asks again, and may pay twice.
   * @default "fail", with SUBMIT_UNKNOWN
   */
  readonly onUnknownSubmit?: "fail" | "resubmit" | undefined;
}

/** The arguments of `run`: a pipeline that has an input must be given one. */
export type RunArguments<In> = undefined extends In
  ? [options?: RunOptions<In>]
  : unknown extends In
    ? [options?: RunOptions<In>]
    : [options: RunOptions<In> & { readonly input: In }];

/** The arguments of `stream`: those of `run`, and how the events are read. */
export type StreamArguments<In> = undefined extends In
  ? [options?: RunOptions<In>, reading?: StreamOptions]
  : unknown extends In
    ? [options?: RunOptions<In>, reading?: StreamOptions]
    : [options: RunOptions<In> & { readonly input: In }, reading?: StreamOptions];

const bytes = z.instanceof(Uint8Array, { error: "a Uint8Array is expected" });

const runId = z
  .string("a run id is expected")
  .min(1, "a run id must not be empty")
  .max(200, "a run id has at most 200 characters")
  .refine((id) => id.isWellFormed(), "a run id without half surrogate pairs is expected");

const asset = z.custom<ExternalAsset>(isExternalAsset, "an asset like fileAsset(path) is expected");

const runOptions = z.strictObject({
  input: z.unknown().optional(),
  assets: z
    .union(
      [z.array(asset), z.record(z.string(), z.union([asset, z.array(asset)]))],
      "assets like fileAsset(path) are expected",
    )
    .optional(),
  answers: jsonObject.optional(),
  onWaiting: z.custom<AnswerWaiting>((value) => typeof value === "function", "a function is expected").optional(),
  sink: objectWith<Sink>("write").optional(),
  signal: objectWith<AbortSignal>("addEventListener", "throwIfAborted").optional(),
  timeoutMs: timeoutMs.optional(),
  concurrency: z.int("a whole number is expected").min(1, "at least 1 is expected").optional(),
  throwOnFailure: z.boolean("true or false is expected").optional(),
  onEvent: z
    .custom<(event: RunEvent) => void>((value) => typeof value === "function", "a function is expected")
    .optional(),
  cache: z.enum(cacheModes, `one of ${cacheModes.join(", ")} is expected`).optional(),
  signingKey: z
    .custom<SigningKey>((value) => typeof value === "object" && value !== null, "a key is expected")
    .optional(),
  privacy: z.strictObject({ ownerKey: bytes.optional(), encryptionKey: bytes.optional() }).optional(),
  metadata: jsonObject.optional(),
  parentRunIds: z
    .array(runId, "a list of run ids is expected")
    .transform((ids) => [...new Set(ids)])
    .optional(),
  runtime: runtime.optional(),
  journal: objectWith<Journal>("claim", "append", "read").optional(),
  runId: runId.optional(),
  onChange: z.enum(["fail", "continue"], '"fail" or "continue" is expected').optional(),
  budgetUsd: z.number("US dollars are expected").min(0, "at least 0 US dollars are expected").optional(),
  onUnknownSubmit: z.enum(["fail", "resubmit"], '"fail" or "resubmit" is expected').optional(),
});

/**
 * `resumes`: a run that has ended goes on, and one that is not known is an error; `retries`: one that failed or was
 * cancelled goes on, and one that is not known begins; `from`: that step is done anew, with all that follows from it.
 */
export type CheckedRunOptions = z.infer<typeof runOptions> & {
  readonly resumes?: boolean;
  readonly retries?: boolean;
  readonly from?: string | undefined;
  /** It goes on only to be ended: where it has ended and no job is open, it stays as it is. */
  readonly cancels?: boolean;
};

/** Checks the options of a run; INVALID_OPTION for the first thing wrong. */
export function checkRunOptions(options: unknown): CheckedRunOptions {
  return checkOptions(runOptions, options, "run options");
}
