import { z } from "zod";
import { systemClock } from "../internal/system-clock.js";
import { checkOptions } from "../options/check-options.js";
import { objectWith } from "../pipeline/option-schemas.js";
import type { Clock } from "../provider/clock.js";
import type { RunEvent } from "../run/run-events.js";
import { toPythonEvent } from "../run/to-python-event.js";

const formats = ["genblaze", "python"] as const;

/** How events become server-sent events. */
export interface ServerSentEventsOptions {
  /** After how long without an event a comment is sent, 1 to 3,600,000 milliseconds. @default 15_000 */
  readonly heartbeatMs?: number | undefined;
  /** @default real time */
  readonly clock?: Clock | undefined;
  /** Events as they are, or as `toPythonEvent` makes them; what the Python library does not know is left out. @default "genblaze" */
  readonly format?: (typeof formats)[number] | undefined;
}

const DEFAULT_HEARTBEAT_MS = 15_000;
const HEARTBEAT = ": \n\n";

const sseOptions = z.strictObject({
  heartbeatMs: z
    .int("a whole number of milliseconds is expected")
    .min(1, "at least 1 is expected")
    .max(3_600_000, "at most 3600000 is expected")
    .optional(),
  clock: objectWith<Clock>("now", "schedule").optional(),
  format: z.enum(formats, `one of ${formats.join(", ")} is expected`).optional(),
});

/**
 * Events as the body of a `text/event-stream` response: `id` is the number of the event, and absent for those that are
 * not told again; `event` its type; `data` its JSON. The client decides the pace. When it leaves, the iteration ends;
 * give it `run.stream({ after: lastEventId(request) })`, which then does not cancel the run. INVALID_OPTION at once.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 * @example
 * const headers = { "content-type": "text/event-stream", "cache-control": "no-cache" };
 * return new Response(toServerSentEvents(run.stream({ after: lastEventId(request) })), { headers });
 */
export function toServerSentEvents(
  events: AsyncIterable<RunEvent>,
  options: ServerSentEventsOptions = {},
): ReadableStream<Uint8Array> {
  const checked = checkOptions(sseOptions, options, "toServerSentEvents(events, options)");
  const { heartbeatMs = DEFAULT_HEARTBEAT_MS, clock = systemClock, format = "genblaze" } = checked;
  const encoder = new TextEncoder();
  const reader = events[Symbol.asyncIterator]();
  let stopHeartbeat = () => {};

  function beat(controller: ReadableStreamDefaultController<Uint8Array>): void {
    stopHeartbeat = clock.schedule(() => {
      // A client that has not read the last one needs no further one.
      if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(HEARTBEAT));
      beat(controller);
    }, heartbeatMs);
  }

  async function nextText(): Promise<string | undefined> {
    for (let next = await reader.next(); next.done !== true; next = await reader.next()) {
      const text = toText(next.value, format);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      // A stream that nobody reads is not asked for more, and has no timer then.
      beat(controller);
      const text = await nextText().finally(() => stopHeartbeat());
      if (text === undefined) controller.close();
      else controller.enqueue(encoder.encode(text));
    },
    async cancel() {
      stopHeartbeat();
      await reader.return?.();
    },
  });
}

function toText(event: RunEvent, format: (typeof formats)[number]): string | undefined {
  const shown = format === "python" ? toPythonEvent(event) : event;
  if (shown === undefined) return undefined;
  const id = event.isTransient === true ? "" : `id: ${event.sequence}\n`;
  // JSON has no line breaks, and types are words.
  return `${id}event: ${event.type}\ndata: ${JSON.stringify(shown)}\n\n`;
}
