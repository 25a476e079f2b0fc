import type { IncomingMessage } from "node:http";
import { type JobRequest, readJobRequest } from "./job-request.js";

/** What a caller wants, read strictly; `refused` where it is nothing that this vendor does. */
export type Command =
  | { readonly operation: "submit"; readonly request: JobRequest; readonly key: string | undefined }
  | { readonly operation: "poll"; readonly id: string }
  | { readonly operation: "list"; readonly reference: string }
  | { readonly operation: "cancel"; readonly id: string }
  | { readonly operation: "file"; readonly sha256: string; readonly range: string | undefined }
  | { readonly operation: "refused"; readonly status: number; readonly problem: string };

/** What the vendor asks of its callers. */
export interface DoorRules {
  /** @default any */
  readonly apiKey: string | undefined;
  readonly canList: boolean;
}

/** A body with 24 MB of inputs in base64 still fits. */
const MOST_BODY_BYTES = 32 * 1024 * 1024;
const LONGEST_KEY = 1_000;

/** Reads one call to its end. */
export async function readCall(incoming: IncomingMessage, rules: DoorRules): Promise<Command> {
  const body = await readBody(incoming);
  const url = new URL(incoming.url ?? "/", "http://vendor");
  const [id = ""] = /(?<=^\/v1\/(?:jobs|files)\/)[\w-]+$/.exec(url.pathname) ?? [];
  const isJobs = url.pathname === "/v1/jobs";
  const isJob = id !== "" && url.pathname.startsWith("/v1/jobs/");
  const { method } = incoming;
  // Files are behind unguessable names, as vendors give them out: whoever follows one sends no key along.
  if (method === "GET" && id !== "" && !isJob) return { operation: "file", sha256: id, range: incoming.headers.range };
  if (!mayEnter(incoming, rules)) return refused(401, "authorization: Bearer and the right key are expected");
  if (body === undefined) return refused(413, `at most ${MOST_BODY_BYTES} bytes are expected`);
  if (method === "POST" && isJobs) return readSubmit(incoming, body);
  if (body.length > 0) return refused(400, "no body is expected");
  if (method === "GET" && isJob) return { operation: "poll", id };
  if (method === "DELETE" && isJob) return { operation: "cancel", id };
  const reference = url.searchParams.get("key");
  if (method === "GET" && isJobs && rules.canList && reference !== null) return { operation: "list", reference };
  return refused(404, `there is no ${method ?? ""} ${url.pathname}`);
}

function readSubmit(incoming: IncomingMessage, body: Buffer): Command {
  if (incoming.headers["content-type"] !== "application/json") {
    return refused(400, "content-type: application/json is expected");
  }
  const key = incoming.headers["idempotency-key"];
  if (Array.isArray(key) || (key !== undefined && (key === "" || key.length > LONGEST_KEY))) {
    return refused(400, `idempotency-key: one of at most ${LONGEST_KEY} characters is expected`);
  }
  const request = readJobRequest(parse(body));
  return "problem" in request ? refused(400, request.problem) : { operation: "submit", request, key: decoded(key) };
}

/** Headers hold ASCII only, so buyers escape their keys. */
function decoded(key: string | undefined): string | undefined {
  try {
    return key === undefined ? undefined : decodeURIComponent(key);
  } catch {
    return key;
  }
}

function mayEnter({ headers }: IncomingMessage, { apiKey }: DoorRules): boolean {
  const given = /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1];
  return apiKey === undefined ? given !== undefined : given === apiKey;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

function refused(status: number, problem: string): Command {
  return { operation: "refused", status, problem };
}

/** Undefined for a body that is too long; it is read to its end all the same, so that the answer is. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of incoming) {
    // A request without an encoding gives its bytes as they are.
    const bytes: Buffer = piece;
    size += bytes.length;
    if (size <= MOST_BODY_BYTES) pieces.push(bytes);
  }
  return size <= MOST_BODY_BYTES ? Buffer.concat(pieces) : undefined;
}
