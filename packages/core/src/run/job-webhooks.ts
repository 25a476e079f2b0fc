import type { JsonValue } from "../json/json-value.js";
import type { AnyProvider } from "../pipeline/step-options.js";
import type { Clock } from "../provider/clock.js";
import type { Submission } from "../provider/provider.js";

/** How a runtime hears of jobs from their vendors; `createWebhookReceiver` of `@genblaze/core/webhooks` makes one. */
export interface JobWebhooks {
  /** Where vendors reach it; a runtime takes none without. */
  readonly publicUrl: string | undefined;
  /**
   * Where the vendor is to report the jobs of an attempt: nobody can guess it, and it is the same in every process with
   * the same secret. Undefined for a provider whose webhooks it does not take.
   */
  urlFor(provider: AnyProvider, attempt: string): string | undefined;
  /** How a job stands next, by its webhook or by a poll that comes later than without; throws the error of the poll. */
  next(provider: AnyProvider, operation: JsonValue, asking: PollInstead): Promise<Submission>;
}

/** How a job is asked for when no webhook comes. */
export interface PollInstead {
  readonly poll: (signal: AbortSignal) => Promise<Submission>;
  /** When it would be polled without webhooks, in milliseconds. */
  readonly delayMs: number;
  readonly clock: Clock;
  /** Ends both; its reason is thrown. */
  readonly signal: AbortSignal;
}
