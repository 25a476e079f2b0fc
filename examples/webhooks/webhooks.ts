// Webhooks in both directions, on this machine only. A job provider's vendor reports by a signed webhook, which wakes
// who waits for the job; and a run's events go as signed webhooks to a receiver that verifies each of them.
import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { JsonValue, Submission } from "@genblaze/core/provider";
import {
  createWebhookReceiver,
  notifyRun,
  signWebhook,
  standardWebhook,
  toNodeHandler,
  verifyWebhook,
  webhookNotifier,
} from "@genblaze/core/webhooks";
import { scriptedProvider } from "@genblaze/fakes";
import { Pipeline } from "genblaze";
import { z } from "zod";

const secret = `whsec_${Buffer.alloc(32, "not a secret").toString("base64")}`;

async function listen(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}

// In: what the vendor's jobs look like, and how they become what `poll` would say.
const Job = z.object({ id: z.string(), status: z.literal("succeeded"), output: z.string() });
const toSubmission = (body: JsonValue) => {
  const { id, output } = Job.parse(body);
  const submission: Submission = { status: "done", output: { text: output } };
  return { operationId: id, submission };
};
const vendor = { name: "acme", webhook: standardWebhook({ operationId: String, parse: toSubmission }) };

const receiver = createWebhookReceiver({ providers: { acme: { provider: vendor, secret } } });
const inbound = await listen(toNodeHandler(receiver.handle));

async function vendorReports(key: string, id: string): Promise<number> {
  const body = JSON.stringify({ id: "job-1", status: "succeeded", output: "a harbour at dawn" });
  const headers = { ...signWebhook({ secret: key, id, now: Date.now(), body }) };
  const { status } = await fetch(`${inbound.origin}/webhooks/acme`, { method: "POST", headers, body });
  return status;
}

const told = receiver.wait("acme", "job-1", AbortSignal.timeout(60_000));
const forged = await vendorReports(`whsec_${Buffer.alloc(32).toString("base64")}`, "msg_0");
const statuses = [forged, await vendorReports(secret, "msg_1"), await vendorReports(secret, "msg_1")];
assert.deepEqual(statuses, [401, 200, 200]);
assert.deepEqual(await told, { status: "done", output: { text: "a harbour at dawn" } });
const { accepted, replayed, refused } = receiver.state();
assert.deepEqual({ accepted, replayed, refused }, { accepted: 1, replayed: 1, refused: 1 });
console.log("in: a forged webhook was refused, a true one woke its waiter, its copy had no effect");

// Out: every event of a run, signed; the receiver is busy once and is asked again under the same id.
const ids: string[] = [];
const types: string[] = [];
const outbound = await listen(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  ids.push(verifyWebhook({ secret, headers: request.headers, body, now: Date.now() }).id);
  if (ids.length === 1) return response.writeHead(503).end();
  types.push(z.object({ type: z.string(), runId: z.string() }).parse(JSON.parse(body)).type);
  return response.writeHead(204).end();
});

const writer = scriptedProvider({ name: "writer", yields: "text" });
const notifier = webhookNotifier({
  url: `${outbound.origin}/hooks`,
  secret,
  events: ["pipeline.started", "step.completed", "pipeline.completed"],
  retry: { firstDelayMs: 10 },
  allowLoopback: true,
});
const run = new Pipeline("poster").step(writer, { name: "idea", model: "m", prompt: "an idea" }).start();
assert.equal(await notifyRun(run, notifier), true);
assert.equal((await run.result).status, "completed");
assert.equal(await notifier.close(), true);
assert.deepEqual(types, ["pipeline.started", "step.completed", "pipeline.completed"]);
assert.deepEqual([ids.length, new Set(ids).size], [4, 3]);
assert.deepEqual(notifier.counts, { delivered: 3, failed: 0, dropped: 0, waiting: 0 });
console.log(`out: ${types.join(", ")}; ${ids.length} requests, ${new Set(ids).size} deliveries`);

inbound.close();
outbound.close();
