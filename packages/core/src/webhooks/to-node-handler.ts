import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Makes a fetch-style handler one for Node's own server, and for Express and its like. Put it before whatever parses
 * bodies: a signature is over the raw one. A handler that rejects, and a request that no `Request` can be made of, are
 * answered with 500 and 400.
 *
 * @example
 * app.post("/webhooks/:provider", toNodeHandler(receiver.handle));
 */
export function toNodeHandler(
  handle: (request: Request) => Promise<Response>,
): (message: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (message, response) => {
    const request = toRequest(message);
    const answer = request === undefined ? new Response(null, { status: 400 }) : await handle(request).catch(failed);
    const body = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(body);
    // What is left of a body that was not read would hold the connection.
    if (!message.complete) response.once("finish", () => message.destroy());
  };
}

function failed(): Response {
  return new Response(null, { status: 500 });
}

function toRequest(message: IncomingMessage): Request | undefined {
  const { method = "GET", url = "/", rawHeaders } = message;
  try {
    const headers = new Headers();
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
    }
    const hasBody = method !== "GET" && method !== "HEAD";
    // Whoever stops reading must not destroy the socket: the answer is still to be written.
    const body = hasBody ? ReadableStream.from<Uint8Array>(message.iterator({ destroyOnReturn: false })) : null;
    // The host is the sender's word, and nothing goes by it.
    return new Request(new URL(url, "http://localhost"), { method, headers, body, ...(hasBody && { duplex: "half" }) });
  } catch {
    return undefined;
  }
}
