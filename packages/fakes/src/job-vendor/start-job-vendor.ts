import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createRuntime } from "@genblaze/core";
import type { Clock } from "@genblaze/core/provider";
import { checkVendorOptions } from "./check-vendor-options.js";
import { type Fault, isTaken, type JobFate } from "./fault.js";
import { openJobBook, type VendorKind } from "./job-book.js";
import type { JobRequest } from "./job-request.js";
import { findPaidTwice, type LedgerRow, nodeOf } from "./ledger.js";
import { type Answer, type CounterOptions, performCommand } from "./perform-command.js";
import { type Command, readCall } from "./read-call.js";
import { sendAnswer, sendFaulty } from "./send-answer.js";

/** One call that came in, as {@link JobVendorOptions.faults} sees it. */
export interface VendorCall {
  readonly operation: Exclude<Command["operation"], "refused">;
  /** From 1: how often this was done to the same job, or submitted for the same node. */
  readonly nth: number;
  /** From 1, over all calls. */
  readonly number: number;
  /** The step that it is for: `run/step`; empty where that is not known. */
  readonly node: string;
  readonly jobId: string | undefined;
  /** What is submitted, or was for the job that the call is about. */
  readonly request: JobRequest | undefined;
}

/** A call as it is remembered. */
export interface RecordedCall {
  readonly method: string;
  readonly path: string;
  readonly operation: Command["operation"];
  readonly key: string | undefined;
  readonly node: string;
  readonly jobId: string | undefined;
  /** What was answered, or would have been. */
  readonly status: number;
  readonly fault: Fault | undefined;
}

/** What {@link startJobVendor} takes. */
export interface JobVendorOptions {
  /**
   * `idempotent` gives the same job for the same `idempotency-key`, and 409 when the request is another one;
   * `listing` lets its jobs be found by their `reference`; `plain` does neither.
   */
  readonly kind: VendorKind;
  /** At which look a job has ended. @default 2 */
  readonly jobPolls?: number;
  /** Jobs end after so many milliseconds on the vendor's clock instead. @default they end by `jobPolls` */
  readonly jobMs?: number;
  /** What answers about open jobs say of when to look again, in the header `retry-after-ms`. @default nothing */
  readonly pollAfterMs?: number;
  /** The key that callers must send. @default any */
  readonly apiKey?: string;
  /** What goes wrong with a call that is well formed. @default nothing */
  readonly faults?: (call: VendorCall) => Fault | undefined;
  /** @default the system's */
  readonly clock?: Clock;
}

/** A vendor of media jobs on loopback. */
export interface JobVendor {
  /** Like `http://127.0.0.1:4711`. */
  readonly baseUrl: string;
  readonly calls: readonly RecordedCall[];
  /** How many calls came in whose callers neither have the whole answer nor have gone away. */
  openCalls(): number;
  /** All jobs in the order in which they were bought. */
  ledger(): readonly LedgerRow[];
  /** The fingerprints that were paid for more than once; see {@link LedgerRow}. */
  paidTwice(): readonly string[];
  /** Ends every connection, also those that hang. */
  close(): Promise<void>;
}

/**
 * Starts a strict vendor of media jobs over real HTTP on 127.0.0.1: it sells, counts what is paid for, records every
 * call, and fails as it is told to. Every submit that makes a new job is paid for once.
 *
 * `POST /v1/jobs`, `GET /v1/jobs/:id`, `GET /v1/jobs?key=`, `DELETE /v1/jobs/:id`, `GET /v1/files/:sha256`.
 *
 * Errors: INVALID_OPTION.
 */
export async function startJobVendor(options: JobVendorOptions): Promise<JobVendor> {
  checkVendorOptions(options);
  const { kind, jobPolls = 2, jobMs, pollAfterMs, clock = createRuntime().clock } = options;
  const book = openJobBook({ kind, clock, jobPolls, jobMs });
  const calls: RecordedCall[] = [];
  let baseUrl = "";
  const shop: Shop = {
    options,
    clock,
    calls,
    counter: { book, pollAfterMs, origin: () => baseUrl },
    counts: new Map(),
  };
  const underWay = new Set<ServerResponse>();
  const server = createServer((incoming, response) => {
    underWay.add(response);
    response.once("close", () => underWay.delete(response));
    // A caller that goes away amid its request leaves nobody to answer.
    serveCall(shop, incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // A server on a port has an address with one.
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    baseUrl,
    calls,
    openCalls: () => underWay.size,
    ledger: book.rows,
    paidTwice: () => findPaidTwice(book.rows()),
    close: () => closeServer(server),
  };
}

interface Shop {
  readonly options: JobVendorOptions;
  readonly clock: Clock;
  readonly calls: RecordedCall[];
  readonly counter: CounterOptions;
  /** How often each thing was done to each job or node. */
  readonly counts: Map<string, number>;
}

async function serveCall(shop: Shop, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { options, clock, counter } = shop;
  const command = await readCall(incoming, { apiKey: options.apiKey, canList: options.kind === "listing" });
  const call = describeCall(shop, command);
  const fault = call === undefined ? undefined : options.faults?.(call);
  const answer = fault === undefined || isTaken(fault) ? performCommand(command, fateOf(fault), counter) : NOTHING;
  record(shop, incoming, command, call, answer, fault);
  if (fault !== undefined && fault.kind !== "fate") return sendFaulty(response, answer, fault, clock.now());
  const isWhole = await sendAnswer(response, answer);
  if (!isWhole || answer.job === undefined) return;
  if (answer.hasResult) answer.job.fetched += 1;
  if (answer.job.state === "failed") answer.job.isGivenUp = true;
}

/** What a call that is not carried out is answered with, by its fault. */
const NOTHING: Answer = { status: 0, headers: {}, body: new Uint8Array(), job: undefined, hasResult: false };

function fateOf(fault: Fault | undefined): JobFate {
  return fault?.kind === "fate" ? fault.fate : "succeeds";
}

function describeCall({ counter, counts, calls }: Shop, command: Command): VendorCall | undefined {
  if (command.operation === "refused") return undefined;
  const { operation } = command;
  const job = "id" in command ? counter.book.find(command.id) : fileOf(counter, command);
  const request = operation === "submit" ? command.request : job?.request;
  const node = nodeOf(operation === "list" ? command.reference : (request?.reference ?? ""));
  const subject = `${operation} ${job?.id ?? node}`;
  const nth = (counts.get(subject) ?? 0) + 1;
  counts.set(subject, nth);
  return { operation, nth, number: calls.length + 1, node, jobId: job?.id, request };
}

function fileOf({ book }: CounterOptions, command: Command) {
  return command.operation === "file" ? book.file(command.sha256) : undefined;
}

function record(
  { calls }: Shop,
  { method = "", url = "" }: IncomingMessage,
  command: Command,
  call: VendorCall | undefined,
  answer: Answer,
  fault: Fault | undefined,
): void {
  const key = command.operation === "submit" ? command.key : undefined;
  const status = fault?.kind === "status" ? fault.status : answer.status;
  const { operation } = command;
  const jobId = call?.jobId ?? answer.job?.id;
  calls.push({ method, path: url, operation, key, node: call?.node ?? "", jobId, status, fault });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
