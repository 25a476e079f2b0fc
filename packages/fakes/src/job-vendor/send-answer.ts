import type { ServerResponse } from "node:http";
import type { Fault, RetryAfter, SpoiltBody } from "./fault.js";
import type { Answer } from "./perform-command.js";

type Headers = Readonly<Record<string, string | number>>;

/** Sends an answer as it should be; resolves with whether all of it went out. */
export async function sendAnswer(response: ServerResponse, answer: Answer): Promise<boolean> {
  const { status, headers, body } = answer;
  return send(response, status, { ...headers, "content-length": body.byteLength }, body);
}

/** Sends an answer as a fault has it; the other side never has the whole of it. */
export async function sendFaulty(response: ServerResponse, answer: Answer, fault: Fault, now: number): Promise<void> {
  switch (fault.kind) {
    case "status": {
      const words = JSON.stringify({ error: { code: `status_${fault.status}`, message: "not now" } });
      const headers = { "content-type": "application/json", ...retryHeaders(fault.retryAfter, now) };
      await send(response, fault.status, headers, Buffer.from(words));
      return;
    }
    case "reset":
      if (fault.at === "amid") await breakOff(response, answer);
      else response.socket?.resetAndDestroy();
      return;
    case "hang":
      return;
    case "body":
      return sendSpoilt(response, answer, fault.body);
    case "fate":
      await sendAnswer(response, answer);
      return;
  }
}

async function sendSpoilt(response: ServerResponse, answer: Answer, spoilt: SpoiltBody): Promise<void> {
  const { status, headers, body } = answer;
  const size = body.byteLength;
  // The connection cannot be used again when its bytes are not what was said.
  const once = { ...headers, connection: "close" };
  switch (spoilt) {
    case "half":
      await send(response, status, once, body.subarray(0, size >> 1));
      return;
    case "stuck":
      await push(response, status, { ...once, "content-length": size }, body.subarray(0, size >> 1));
      return;
    case "too-long":
      await pushAndClose(response, status, { ...once, "content-length": size + 10 }, body);
      return;
    case "too-short":
      await send(response, status, { ...once, "content-length": Math.max(0, size - 5) }, body);
      return;
    case "malformed":
      await send(response, status, once, Buffer.from('{"id": job-1, "status"'));
      return;
    case "html":
      await send(response, status, { ...once, "content-type": "text/html" }, Buffer.from("<html>Bad gateway</html>"));
      return;
    case "empty":
      await send(response, status, { ...once, "content-length": 0 }, new Uint8Array());
      return;
  }
}

/** Half of the bytes that were promised, and then nothing. */
async function breakOff(response: ServerResponse, { status, headers, body }: Answer): Promise<void> {
  const half = body.subarray(0, body.byteLength >> 1);
  await pushAndClose(response, status, { ...headers, "content-length": body.byteLength }, half);
}

async function pushAndClose(...answer: Parameters<typeof push>): Promise<void> {
  await push(...answer);
  answer[0].socket?.destroy();
}

/** Sends bytes without an end; resolves when they went out, or cannot any more. */
function push(response: ServerResponse, status: number, headers: Headers, body: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    response.once("close", () => resolve());
    response.writeHead(status, headers);
    response.write(body, () => resolve());
  });
}

function send(response: ServerResponse, status: number, headers: Headers, body: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    response.once("finish", () => resolve(true));
    response.once("close", () => resolve(response.writableFinished));
    response.writeHead(status, headers);
    response.end(body);
  });
}

/** RFC 9110, 10.2.3: seconds or a date; some vendors send fractions, offsets, or milliseconds in a header of their own. */
function retryHeaders(retryAfter: RetryAfter | undefined, now: number): Headers {
  if (retryAfter === undefined) return {};
  const { form, afterMs } = retryAfter;
  if (form === "ms") return { "retry-after-ms": afterMs };
  if (form === "decimal") return { "retry-after": (afterMs / 1_000).toFixed(3) };
  const seconds = Math.ceil(afterMs / 1_000);
  if (form === "seconds") return { "retry-after": seconds };
  const date = new Date(now + seconds * 1_000).toUTCString();
  return { "retry-after": form === "date" ? date : date.replace("GMT", "+0000") };
}
