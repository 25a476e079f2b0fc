import type { JobFate } from "./fault.js";
import { hasEnded, INSTANT, type Job, type JobBook } from "./job-book.js";
import type { Command } from "./read-call.js";

/** What is sent back when nothing goes wrong. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The job that it tells of. */
  readonly job: Job | undefined;
  /** Whether the job's result, or the address of it, is in it. */
  readonly hasResult: boolean;
}

/** How the vendor answers, besides what is in its book. */
export interface CounterOptions {
  readonly book: JobBook;
  /** For the addresses of files, like `http://127.0.0.1:4711`. */
  readonly origin: () => string;
  /** @default no hint */
  readonly pollAfterMs: number | undefined;
}

/** Does what is asked for. */
export function performCommand(command: Command, fate: JobFate, options: CounterOptions): Answer {
  const { book } = options;
  switch (command.operation) {
    case "refused":
      return problem(command.status, command.problem);
    case "submit": {
      const sale = book.sell(command.request, command.key, fate);
      if (sale.status === "sold") return submitted(sale.job, options);
      return problem(409, "this idempotency-key came with another request before");
    }
    case "poll": {
      const job = book.look(command.id);
      return job === undefined ? problem(404, "there is no such job") : looked(job, options);
    }
    case "cancel":
      return cancelled(book.cancel(command.id));
    case "list": {
      const jobs = book.listed(command.reference).map(({ id, state }) => ({ id, status: wireStatus(state) }));
      return json(200, { jobs });
    }
    case "file":
      return file(book.file(command.sha256), command.range);
  }
}

function submitted(job: Job, options: CounterOptions): Answer {
  if (INSTANT.test(job.request.model) && job.state === "succeeded") {
    return json(200, { ...describeJob(job), output: inlineOutput(job) }, { job, hasResult: true });
  }
  return json(202, describeJob(job), { job, headers: hintOf(job, options) });
}

function looked(job: Job, options: CounterOptions): Answer {
  if (job.state !== "succeeded") return json(200, describeJob(job), { job, headers: hintOf(job, options) });
  const { output, request } = job;
  // Films are large, so vendors give out where they are.
  const isApart = request.modality === "video";
  const url = `${options.origin()}/v1/files/${output.sha256}`;
  const apart = { media_type: output.mediaType, url, sha256: output.sha256, size: output.bytes.byteLength };
  return json(200, { ...describeJob(job), output: isApart ? apart : inlineOutput(job) }, { job, hasResult: true });
}

function cancelled(job: Job | undefined): Answer {
  if (job === undefined) return problem(404, "there is no such job");
  if (job.state !== "cancelled") return problem(409, `the job has ended: it ${job.state}`);
  return json(200, describeJob(job), { job });
}

function file(job: Job | undefined, range: string | undefined): Answer {
  if (job === undefined) return problem(404, "there is no such file");
  const { bytes, mediaType } = job.output;
  const headers = { "content-type": mediaType, "accept-ranges": "bytes" };
  if (range === undefined) return { status: 200, headers, body: bytes, job, hasResult: true };
  const { first, last } = rangeOf(range, bytes.byteLength);
  if (!(first <= last)) return problem(416, "a range like bytes=0-99 within the file is expected");
  const where = { "content-range": `bytes ${first}-${last}/${bytes.byteLength}` };
  const body = bytes.subarray(first, last + 1);
  return { status: 206, headers: { ...headers, ...where }, body, job, hasResult: body.byteLength === bytes.byteLength };
}

/** One range of RFC 9110, 14.1.2: `bytes=5-9`, `bytes=5-`, `bytes=-5`; an empty one for anything else. */
function rangeOf(range: string, size: number): { readonly first: number; readonly last: number } {
  const [, from = "", to = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range) ?? [];
  if (from === "" && to === "") return { first: 1, last: 0 };
  if (from === "") return { first: Math.max(0, size - Number(to)), last: size - 1 };
  return { first: Number(from), last: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
}

function describeJob({ id, state, polls, request }: Job) {
  const progress = state === "succeeded" ? 1 : Math.min(0.9, polls / 10);
  const words = { code: state === "cancelled" ? "cancelled" : "model_failed", message: `${request.model} gave up` };
  return { id, status: wireStatus(state), progress, ...(wireStatus(state) === "failed" ? { error: words } : {}) };
}

/** The wire has four states; a cancelled job has failed with the code `cancelled`. */
function wireStatus(state: Job["state"]): string {
  return state === "cancelled" ? "failed" : state;
}

function inlineOutput({ output }: Job) {
  const { mediaType, text, bytes } = output;
  return {
    media_type: mediaType,
    ...(text === undefined ? { base64: Buffer.from(bytes).toString("base64") } : { text }),
  };
}

function hintOf(job: Job, { pollAfterMs }: CounterOptions): Readonly<Record<string, string>> {
  return pollAfterMs === undefined || hasEnded(job) ? {} : { "retry-after-ms": String(pollAfterMs) };
}

function problem(status: number, message: string): Answer {
  return json(status, { error: { code: `status_${status}`, message } });
}

function json(
  status: number,
  content: object,
  more: { readonly job?: Job; readonly hasResult?: boolean; readonly headers?: Readonly<Record<string, string>> } = {},
): Answer {
  const headers = { "content-type": "application/json", ...more.headers };
  const body = new TextEncoder().encode(JSON.stringify(content));
  return { status, headers, body, job: more.job, hasResult: more.hasResult ?? false };
}
