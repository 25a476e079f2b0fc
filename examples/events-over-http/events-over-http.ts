// The events of a run go to a browser as server-sent events. The connection breaks off again and again, and once the
// server's process is gone as well; the client comes back each time with `Last-Event-ID`, misses nothing, and gets
// nothing twice.
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline as pipe } from "node:stream/promises";
import { lastEventId, toServerSentEvents } from "@genblaze/core/events";
import { eventsFromJournal, folderJournal } from "@genblaze/core/journal";
import { scriptedProvider } from "@genblaze/fakes";
import { Pipeline, type RunEvent, type RunHandle } from "genblaze";

const RUN_ID = "advert-1";
const writer = scriptedProvider({ name: "writer", yields: "text" });
const advert = new Pipeline("advert")
  .step(writer, { name: "idea", model: "m", prompt: "a boat" })
  .step(writer, { name: "title", model: "m", prompt: "its title", after: ["idea"] })
  .step(writer, { name: "text", model: "m", prompt: "its text", after: ["title"] });

/** A server, with the runs that its process has; those of other processes are in the journal. */
async function serve(runs: ReadonlyMap<string, Pick<RunHandle, "stream">>) {
  const journal = folderJournal("out/runs");
  const server = createServer((request, response) => {
    const after = lastEventId(request) ?? -1;
    const run = runs.get(RUN_ID);
    const events =
      run === undefined
        ? eventsFromJournal(journal, RUN_ID, { pipeline: advert, after })
        : run.stream({ after, buffer: { size: 100, overflow: "drop-progress" } });
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    // A client that goes away ends the reading, and not the run.
    pipe(Readable.from(toServerSentEvents(events)), response).catch(() => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/events`, close: () => server.close() };
}

/** What an `EventSource` does: it goes on after the last `id` that it has seen. Breaks off after so many events. */
async function connect(url: string, seen: RunEvent[], breaksAfter: number): Promise<void> {
  const last = seen.at(-1)?.sequence;
  const controller = new AbortController();
  const headers: Record<string, string> = last === undefined ? {} : { "last-event-id": String(last) };
  const { body } = await fetch(url, { headers, signal: controller.signal });
  assert.ok(body);
  let text = "";
  let count = 0;
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, id, data] = /^id: (\d+)\nevent: .*\ndata: (.*)$/.exec(block) ?? [];
      if (id === undefined || data === undefined || count === breaksAfter) continue;
      seen.push(JSON.parse(data));
      count += 1;
    }
    if (count === breaksAfter) break;
  }
  controller.abort();
}

await rm("out/runs", { recursive: true, force: true });
const run = advert.start({ journal: folderJournal("out/runs"), runId: RUN_ID });
const first = await serve(new Map([[RUN_ID, run]]));
const seen: RunEvent[] = [];
await connect(first.url, seen, 3);
await connect(first.url, seen, 4);
assert.equal((await run.result).status, "completed");
first.close();
console.log(`${seen.length} events over two connections; then the server is gone`);

// Another process knows of no run; the journal does.
const second = await serve(new Map());
let connections = 2;
while (seen.at(-1)?.type !== "pipeline.completed") {
  await connect(second.url, seen, 5);
  connections += 1;
}
second.close();

assert.deepEqual(
  seen.map(({ sequence }) => sequence),
  seen.map((_, place) => place),
);
const all: RunEvent[] = [];
for await (const event of run.stream({ after: -1 })) if (event.isTransient !== true) all.push(event);
assert.deepEqual(seen, JSON.parse(JSON.stringify(all)));
console.log(`${seen.length} events over ${connections} connections to two servers: none missed, none twice`);
