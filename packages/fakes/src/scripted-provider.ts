import type {
  CallContext,
  GenblazeError,
  JsonValue,
  Modality,
  OutputAsset,
  Provider,
  ProviderOutput,
  StepRequest,
  Submission,
} from "@genblaze/core/provider";

/** What a scripted provider does at one call of `submit` or `poll`. */
export type ScriptedAnswer =
  | { readonly kind: "done"; readonly output: ProviderOutput }
  | {
      readonly kind: "pending";
      readonly operation?: JsonValue;
      readonly retryAfterMs?: number;
      readonly fraction?: number;
    }
  | { readonly kind: "failed"; readonly error: GenblazeError }
  | { readonly kind: "throws"; readonly error: unknown }
  /** Answers only when the signal aborts, with its reason. */
  | { readonly kind: "hangs" };

export interface ScriptedCall {
  readonly method: "submit" | "poll" | "cancel";
  readonly request: StepRequest | undefined;
  readonly operation: JsonValue | undefined;
  readonly idempotencyKey: string;
}

export interface ScriptedOptions<M extends Modality, A extends Modality> {
  /** @default "scripted" */
  readonly name?: string;
  readonly yields: M;
  /** @default nothing */
  readonly accepts?: readonly A[];
  /** Answers in order of the calls, or a function of the request. The last answer is repeated. @default one tiny asset */
  readonly script?: readonly ScriptedAnswer[] | ((request: StepRequest, call: number) => ScriptedAnswer);
}

/** A provider that follows a script and remembers its calls. */
export interface ScriptedProvider<M extends Modality, A extends Modality> extends Provider<M, A, unknown, StepRequest> {
  readonly calls: readonly ScriptedCall[];
}

/** A provider for tests: no network, no key, answers as the script says. What it makes says that it is scripted. */
export function scriptedProvider<const M extends Modality, const A extends Modality = never>(
  options: ScriptedOptions<M, A>,
): ScriptedProvider<M, A> {
  const { name = "scripted", yields, accepts = [], script = [] } = options;
  const calls: ScriptedCall[] = [];
  let answered = 0;
  let lastRequest: StepRequest | undefined;

  function answer(request: StepRequest | undefined): ScriptedAnswer {
    const call = answered++;
    if (typeof script === "function" && request !== undefined) return script(request, call);
    const answers = typeof script === "function" ? [] : script;
    return answers[Math.min(call, answers.length - 1)] ?? { kind: "done", output: defaultOutput(yields, name) };
  }

  return {
    name,
    yields,
    accepts,
    models: {},
    calls,
    prepare: (request) => ({ body: request }),
    async submit({ body }, context) {
      calls.push({ method: "submit", request: body, operation: undefined, idempotencyKey: context.idempotencyKey });
      lastRequest = body;
      return perform(answer(body), context);
    },
    async poll(operation, context) {
      calls.push({ method: "poll", request: undefined, operation, idempotencyKey: context.idempotencyKey });
      return perform(answer(lastRequest), context);
    },
    async cancel(operation, context) {
      calls.push({ method: "cancel", request: undefined, operation, idempotencyKey: context.idempotencyKey });
    },
  };
}

async function perform(answer: ScriptedAnswer, context: CallContext): Promise<Submission> {
  context.signal.throwIfAborted();
  switch (answer.kind) {
    case "done":
      return { status: "done", output: answer.output };
    case "pending":
      return {
        status: "pending",
        operation: answer.operation ?? { job: "job-1" },
        ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }),
        ...(answer.fraction === undefined ? {} : { progress: { fraction: answer.fraction } }),
      };
    case "failed":
      return { status: "failed", error: answer.error };
    case "throws":
      throw answer.error;
    case "hangs":
      return untilAborted(context.signal);
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

const mediaTypes: Readonly<Record<Modality, string>> = {
  image: "image/x-scripted",
  video: "video/x-scripted",
  audio: "audio/x-scripted",
  text: "text/plain",
};

function defaultOutput(yields: Modality, name: string): ProviderOutput {
  if (yields === "text") return { text: `scripted text of ${name}` };
  return { assets: [scriptedAsset(mediaTypes[yields], `scripted ${yields} of ${name}`)] };
}

/** An asset with the given words as its bytes; no real media. */
export function scriptedAsset(mediaType: string, words: string): OutputAsset {
  return { mediaType, bytes: new TextEncoder().encode(words) };
}
