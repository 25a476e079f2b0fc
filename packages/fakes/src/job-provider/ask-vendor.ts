import { type CallContext, errorFromResponse, GenblazeError, parseRetryAfter } from "@genblaze/core/provider";
import { readAnswer } from "./read-answer.js";

/** Which vendor is asked, and as whom. */
export interface VendorAccess {
  readonly baseUrl: string;
  readonly name: string;
  readonly apiKey: string;
}

export interface VendorQuestion {
  readonly method: "GET" | "POST" | "DELETE";
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
}

/** What the vendor says to a question that it takes. */
export interface VendorWord {
  /** The JSON of the answer. */
  readonly content: unknown;
  readonly retryAfterMs: number | undefined;
}

/**
 * Asks once. An answer that is no JSON is SERVER_ERROR, since it says nothing of what was done; where no answer comes it
 * throws what `fetch` does, whose causes say how far the question came.
 */
export async function askVendor(
  { baseUrl, name, apiKey }: VendorAccess,
  { fetch, signal, clock }: CallContext,
  { method, path, headers, body }: VendorQuestion,
): Promise<VendorWord> {
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    signal,
    redirect: "error",
    headers: { authorization: `Bearer ${apiKey}`, ...type, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await readAnswer(name, response, signal);
  const now = clock.now();
  if (!response.ok) throw errorFromResponse(response, { provider: name, body: text, now });
  return { content: parse(name, response.status, text), retryAfterMs: parseRetryAfter(response.headers, now) };
}

function parse(name: string, status: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `${name} answers with status ${status} and a body that is no JSON (${text.length} characters). Ask again, or look the job up.`;
    throw new GenblazeError("SERVER_ERROR", message, { cause, details: { status } });
  }
}
