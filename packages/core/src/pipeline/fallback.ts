import { z } from "zod";
import type { ProviderErrorKind } from "../errors/error-codes.js";
import type { JsonObject } from "../json/json-value.js";
import type { Modality } from "../manifest/model.js";
import type { Provider } from "../provider/provider.js";
import { jsonObject, modelId, timeoutMs } from "./option-schemas.js";
import type { AnyProvider, KnownModel, ParamsOf, StandardParams } from "./step-options.js";

/** Errors after which another target may be asked: what says that the request or the key is wrong is none of them. */
export type FallbackReason = Exclude<ProviderErrorKind, "invalid_input" | "auth_failure" | "unknown">;

/** Another one to ask, as plain data. */
export interface FallbackData {
  /** @default the step's own */
  readonly provider?: AnyProvider | undefined;
  readonly model: string;
  /**
   * Over the step's parameters, each by its name; one that is `undefined` takes that of the step out. Another provider
   * gets those of the step that have a standard name, like `durationSeconds`. @default {}
   */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** In this provider's own words. @default those of the step for another model of its provider, else none */
  readonly providerOptions?: JsonObject | undefined;
}

/** The same, checked. */
export interface Fallback {
  readonly provider: AnyProvider;
  readonly model: string;
  /** Undefined for one of the step that it does not want. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Undefined for those of the step. */
  readonly providerOptions: JsonObject | undefined;
}

/** When the first fallback is asked beside the provider. */
export interface HedgeOption {
  /** After so many milliseconds without an output. */
  readonly afterMs: number;
  /**
   * After the time in which 19 of 20 outputs of the target came lately instead, once the runtime has seen 20 of them.
   * @default false
   */
  readonly observed?: boolean | undefined;
}

/** The same, with everything in. */
export interface HedgePolicy {
  readonly afterMs: number;
  readonly observed: boolean;
}

/**
 * What the compiler says of one fallback: its provider yields what the step yields, its parameters are its model's. The
 * branch that is `F` itself lets the compiler infer the list through the mapped type.
 */
export type CheckedFallback<F, M extends Modality, P> = F extends {
  readonly provider: infer Other;
  readonly model: infer Id;
}
  ? Other extends Provider<infer Yields, infer _Accepts, infer Params>
    ? Checked<[Yields] extends [M] ? Other : Provider<M>, Id, Params>
    : F
  : F extends { readonly model: infer Id }
    ? Checked<undefined, Id, P>
    : F;

interface Checked<Other, Id, Params> {
  readonly provider?: Other;
  readonly model: Id | KnownModel<Params>;
  readonly params?: MayLeaveOut<ParamsOf<Params, Extract<Id, string>> & StandardParams> | undefined;
  readonly providerOptions?: JsonObject | undefined;
}

/** `undefined` takes a parameter of the step out. */
type MayLeaveOut<Params> = { readonly [Name in keyof Params]?: Params[Name] | undefined };

/** A list of them. */
export type CheckedFallbacks<F, M extends Modality, P> = { readonly [K in keyof F]: CheckedFallback<F[K], M, P> };

/** What the next target is asked after, unless a step says something else. */
export const DEFAULT_FALLBACK_ON = [
  "model_error",
  "rate_limit",
  "server_error",
  "timeout",
] as const satisfies readonly FallbackReason[];

const reasons = [...DEFAULT_FALLBACK_ON, "content_policy"] as const satisfies readonly FallbackReason[];

const mostFallbacks = 20;

/** The options of a provider's step about others who can do it. */
export const fallbackOptions = {
  fallbacks: z
    .array(
      z.strictObject(
        {
          // What a provider must be is said with the name of the step.
          provider: z.custom<AnyProvider>(() => true).optional(),
          model: modelId,
          params: z.record(z.string(), z.unknown(), "an object of parameters is expected").optional(),
          providerOptions: jsonObject.optional(),
        },
        "{ provider, model, params, providerOptions } is expected",
      ),
      "a list of { provider, model, params } is expected",
    )
    .max(mostFallbacks, `at most ${mostFallbacks} are expected`)
    .optional(),
  fallbackOn: z.array(z.enum(reasons, `one of ${reasons.join(", ")} is expected`), "a list is expected").optional(),
  hedge: z
    .strictObject(
      { afterMs: timeoutMs, observed: z.boolean("true or false is expected").optional() },
      "{ afterMs, observed } is expected",
    )
    .optional(),
};
