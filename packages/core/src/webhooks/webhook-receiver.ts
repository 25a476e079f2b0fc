import { createHash } from "node:crypto";
import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { decodeUtf8 } from "../json/decode-utf8.js";
import type { JsonValue } from "../json/json-value.js";
import type { ProviderWebhook, Submission, WebhookNews, WebhookRequest } from "../provider/provider.js";
import type { JobWebhooks } from "../run/job-webhooks.js";
import { claimsAttempt, isAttemptPart, toAttemptPart } from "./attempt-part.js";
import { createJobNews } from "./job-news.js";
import { nextSubmission } from "./next-submission.js";
import { readBody } from "./read-body.js";
import { type CheckedSource, checkReceiverOptions, type WebhookReceiverOptions } from "./receiver-options.js";
import { createSeenDeliveries } from "./seen-deliveries.js";

/** Takes the webhooks of vendors and wakes who waits for the jobs they tell of. */
export interface WebhookReceiver extends JobWebhooks {
  /**
   * Answers a request whose path ends in the name of a provider. 200: taken, or of no interest, or taken before; 400: not
   * what the vendor sends; 401: not sent by the vendor, or too long ago; 404: no such provider, or an
   * address that nobody was given; 405: no POST; 408: its
   * body did not come; 413: it is too large; 500: the provider cannot verify it, so the vendor may try again later. The
   * answers tell nothing more; the logger does. Never rejects, and needs no `this`.
   */
  handle(request: Request): Promise<Response>;
  /**
   * The next news of a job, or its end that came before anybody waited; only for as long as the signal lets it. CANCELLED
   * when the signal aborts, or the GenblazeError that it was aborted with. INVALID_OPTION for a name that is not among
   * `providers`.
   */
  wait(provider: string, operation: JsonValue, signal: AbortSignal): Promise<Submission>;
  /** What it holds and what it did so far. */
  state(): WebhookReceiverState;
}

/** What a {@link WebhookReceiver} holds and did. */
export interface WebhookReceiverState {
  /** How many wait for a job. */
  readonly waiting: number;
  /** How many ends of jobs are kept for who will wait. */
  readonly kept: number;
  /** How many deliveries are remembered. */
  readonly remembered: number;
  readonly accepted: number;
  /** Deliveries that came again and had no effect. */
  readonly replayed: number;
  readonly refused: number;
}

/**
 * A receiver for the webhooks of providers with `webhook`: a function from `Request` to `Response`, as servers with
 * fetch-style handlers take it; `toNodeHandler` makes one for Node's server and Express. What is not verified is not
 * read, what came before has no effect again, and nothing grows without bound. INVALID_OPTION.
 *
 * @example
 * const receiver = createWebhookReceiver({ providers: { replicate: { provider: replicate, secret } } });
 * app.post("/webhooks/:provider", (context) => receiver.handle(context.req.raw));
 */
export function createWebhookReceiver(options: WebhookReceiverOptions): WebhookReceiver {
  const settings = checkReceiverOptions(options);
  const { sources, publicUrl, clock, logger, maxBodyBytes, bodyTimeoutMs } = settings;
  const seen = createSeenDeliveries(clock, settings.replayWindowMs, settings.maxRemembered);
  const news = createJobNews(clock, settings.keepMs, settings.maxKept);
  let accepted = 0;
  let replayed = 0;
  let refused = 0;

  async function take(request: Request): Promise<Answer> {
    if (request.method !== "POST") return { status: 405 };
    const [name = "", attempt = ""] = partsFromLast(request.url);
    const source = sources.get(name);
    if (source === undefined) return { status: 404 };
    if (claimsAttempt(attempt) && !isAttemptPart(source.pathKeys, name, attempt)) return { status: 404 };
    const body = await readBody(request, { maxBytes: maxBodyBytes, timeoutMs: bodyTimeoutMs, clock });
    if (body.status !== "read") return { status: unread[body.status] };
    const received = { headers: request.headers, body: decodeUtf8(body.bytes) };
    await verify(source, received, clock.now());
    const found = parse(source.webhook, received.body);
    if (!seen.add(`${name} ${idOf(source.webhook, received)}`)) return { status: 200, isReplay: true };
    if (found !== undefined) news.tell(jobOf(name, found.operationId), found.submission);
    return { status: 200 };
  }

  const wait = (name: string, { webhook }: CheckedSource, operation: JsonValue, signal: AbortSignal) =>
    news.wait(jobOf(name, webhook.operationId(operation)), signal);

  return {
    publicUrl,
    urlFor(provider, attempt) {
      const [name, source] = sourceOf(sources, provider) ?? [];
      const key = source?.pathKeys[0];
      if (publicUrl === undefined || name === undefined || key === undefined) return undefined;
      return `${publicUrl}/${toAttemptPart(key, name, attempt)}/${name}`;
    },
    async next(provider, operation, asking) {
      const [name, source] = sourceOf(sources, provider) ?? [];
      const hook = async (signal: AbortSignal): Promise<Submission> => {
        if (name === undefined || source === undefined) throw unknownProvider(provider.name, [...sources.keys()]);
        const told = await wait(name, source, operation, signal);
        // The job is asked for by what the provider itself gave for that.
        return told.status === "pending" ? { ...told, operation } : told;
      };
      return (await nextSubmission({ ...asking, hook })).submission;
    },
    async handle(request) {
      const answer = await take(request).catch(toAnswer);
      if (answer.isReplay === true) replayed += 1;
      else if (answer.status === 200) accepted += 1;
      else refused += 1;
      if (answer.error !== undefined) logger.warn("A webhook was not taken.", factsOf(request, answer));
      return toResponse(answer.status);
    },
    async wait(provider, operation, signal) {
      const source = sources.get(provider);
      if (source === undefined) throw unknownProvider(provider, [...sources.keys()]);
      return await wait(provider, source, operation, signal);
    },
    state: () => ({ waiting: news.waiting, kept: news.kept, remembered: seen.size, accepted, replayed, refused }),
  };
}

interface Answer {
  readonly status: keyof typeof words;
  readonly isReplay?: boolean;
  readonly error?: GenblazeError;
}

const words = {
  200: "ok",
  400: "bad request",
  401: "unauthorized",
  404: "not found",
  405: "method not allowed",
  408: "request timeout",
  413: "too large",
  500: "error",
} as const;

const unread = { "too-large": 413, "too-slow": 408, broken: 400 } as const;

/** Whatever a provider throws, it has not said yes. */
async function verify(source: CheckedSource, request: WebhookRequest, now: number): Promise<void> {
  try {
    await source.webhook.verify(request, { secret: source.secret, now });
  } catch (thrown) {
    if (GenblazeError.isInstance(thrown) && thrown.code === "WEBHOOK_REFUSED") throw thrown;
    throw new GenblazeError("UNEXPECTED", errorFromUnknown(thrown, "Verifying a webhook").message, { cause: thrown });
  }
}

function parse(webhook: ProviderWebhook, body: string): WebhookNews | undefined {
  try {
    // JSON.parse gives nothing but JSON.
    return webhook.parse(JSON.parse(body) as JsonValue);
  } catch (thrown) {
    throw new GenblazeError("INVALID_JSON", errorFromUnknown(thrown, "Reading a webhook").message, { cause: thrown });
  }
}

function idOf(webhook: ProviderWebhook, request: WebhookRequest): string {
  return webhook.deliveryId?.(request) ?? createHash("sha256").update(request.body).digest("hex");
}

function jobOf(provider: string, operationId: string): string {
  return `${provider} ${operationId}`;
}

function toAnswer(thrown: unknown): Answer {
  const error = errorFromUnknown(thrown, "Taking a webhook");
  if (error.code === "WEBHOOK_REFUSED") return { status: 401, error };
  return { status: error.code === "INVALID_JSON" ? 400 : 500, error };
}

function factsOf({ url }: Request, { status, error }: Answer) {
  // Not the part before it: that is known to the vendor alone.
  return { path: partsFromLast(url)[0] ?? "", status, reason: error?.message ?? "" };
}

function toResponse(status: Answer["status"]): Response {
  const headers = status === 405 ? { allow: "POST" } : {};
  return Response.json({ status: words[status] }, { status, headers });
}

/** The parts of the path from the last one; names have no character that is written otherwise there. */
function partsFromLast(url: string): readonly string[] {
  return new URL(url).pathname.replace(/\/$/, "").split("/").reverse();
}

/** The one that was given with this very provider, else the only one of its name and account. */
function sourceOf(sources: ReadonlyMap<string, CheckedSource>, asked: CheckedSource["provider"]) {
  const entries = [...sources];
  const same = entries.find(([, { provider }]) => provider === asked);
  if (same !== undefined) return same;
  const account = asked.account ?? asked.name;
  const alike = entries.filter(
    ([, { provider }]) => provider.name === asked.name && (provider.account ?? provider.name) === account,
  );
  return alike.length === 1 ? alike[0] : undefined;
}

function unknownProvider(name: string, known: readonly string[]): GenblazeError {
  const message = `receiver.wait(provider, ...): there is no provider "${name}" in \`providers\`. Known names: ${known.join(", ")}.`;
  return new GenblazeError("INVALID_OPTION", message);
}
