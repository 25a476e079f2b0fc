import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { createFakeClock } from "../fake-clock.js";
import { JOB_FAULTS } from "./fault.js";
import { type JobVendor, type JobVendorOptions, startJobVendor } from "./start-job-vendor.js";

const open: JobVendor[] = [];
afterEach(async () => {
  for (const vendor of open.splice(0)) await vendor.close();
});

async function start(options: JobVendorOptions): Promise<JobVendor> {
  const vendor = await startJobVendor(options);
  open.push(vendor);
  return vendor;
}

const order = { model: "painter", prompt: "a boat", modality: "image", inputs: [], reference: "run-1/step-a" };

interface Word {
  readonly status: number;
  readonly headers: Headers;
  // The fields of answers are compared, never relied on.
  readonly content: Record<string, unknown>;
}

async function ask(vendor: JobVendor, method: string, path: string, sent: object = {}, body?: unknown): Promise<Word> {
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const headers = { authorization: "Bearer k", ...type, ...sent };
  const given = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const response = await fetch(vendor.baseUrl + path, { method, headers, ...given });
  const content: unknown = await response.json();
  // Every answer of the vendor is an object.
  return { status: response.status, headers: response.headers, content: content as Record<string, unknown> };
}

const buy = (vendor: JobVendor, body: unknown = order, headers: object = {}) =>
  ask(vendor, "POST", "/v1/jobs", headers, body);

describe("the job vendor", () => {
  it("sells a job that ends at the look that it is told, and gives the same bytes for the same request", async () => {
    const vendor = await start({ kind: "plain", jobPolls: 2, pollAfterMs: 40 });
    const sold = await buy(vendor);
    expect([sold.status, sold.content]).toEqual([202, { id: "job-1", status: "queued", progress: 0 }]);
    const first = await ask(vendor, "GET", "/v1/jobs/job-1");
    expect([first.content.status, first.headers.get("retry-after-ms")]).toEqual(["running", "40"]);
    const second = await ask(vendor, "GET", "/v1/jobs/job-1");
    expect(second.content).toMatchObject({ status: "succeeded", progress: 1, output: { media_type: "image/x-job" } });
    await buy(vendor, { ...order, reference: "run-2/step-a" });
    await ask(vendor, "GET", "/v1/jobs/job-2");
    expect((await ask(vendor, "GET", "/v1/jobs/job-2")).content.output).toEqual(second.content.output);
    expect(vendor.ledger().map(({ node, state, fetched }) => [node, state, fetched])).toEqual([
      ["run-1/step-a", "succeeded", 1],
      ["run-2/step-a", "succeeded", 1],
    ]);
    expect(vendor.paidTwice()).toEqual([]);
  });

  it("takes its time by its own clock where it is told milliseconds", async () => {
    const clock = createFakeClock();
    const vendor = await start({ kind: "plain", jobMs: 500, clock });
    await buy(vendor);
    await clock.advance(499);
    for (let look = 0; look < 5; look++) {
      expect((await ask(vendor, "GET", "/v1/jobs/job-1")).content.status).toBe("running");
    }
    await clock.advance(1);
    expect((await ask(vendor, "GET", "/v1/jobs/job-1")).content.status).toBe("succeeded");
  });

  it("answers an instant model at once, text as text and JSON models with JSON of two scenes", async () => {
    const vendor = await start({ kind: "plain" });
    const image = await buy(vendor, { ...order, model: "instant-painter" });
    expect([image.status, Object.keys(image.content.output ?? {})]).toEqual([200, ["media_type", "base64"]]);
    const text = await buy(vendor, { ...order, model: "instant-json", modality: "text" });
    const output = text.content.output as { readonly text: string };
    expect(JSON.parse(output.text)).toMatchObject({
      title: "a boat",
      scenes: [expect.any(String), expect.any(String)],
    });
    expect(vendor.ledger().map(({ fetched, paid }) => [fetched, paid])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it("gives a film by its address, whole and in ranges", async () => {
    const vendor = await start({ kind: "plain", jobPolls: 1 });
    await buy(vendor, { ...order, modality: "video" });
    const { output } = (await ask(vendor, "GET", "/v1/jobs/job-1")).content;
    const { url, sha256, size } = output as { readonly url: string; readonly sha256: string; readonly size: number };
    const response = await fetch(url);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
    expect([bytes.byteLength, response.headers.get("content-length")]).toEqual([size, String(size)]);
    const part = async (range: string) => {
      const answer = await fetch(url, { headers: { range } });
      return [answer.status, await answer.text()];
    };
    const whole = bytes.toString("utf8");
    expect(await part("bytes=2-4")).toEqual([206, whole.slice(2, 5)]);
    expect(await part("bytes=10-")).toEqual([206, whole.slice(10)]);
    expect(await part("bytes=-3")).toEqual([206, whole.slice(-3)]);
    for (const wrong of ["bytes=900-", "bytes=4-2", "bytes=-", "lines=1-2", "bytes=0-1,3-4"]) {
      expect((await part(wrong))[0]).toBe(416);
    }
    expect((await fetch(`${vendor.baseUrl}/v1/files/nothing`)).status).toBe(404);
    expect(vendor.ledger()[0]?.fetched).toBe(2);
  });

  it.each<[string, unknown, string]>([
    ["an unknown key", { ...order, size: "1k" }, 'unknown key "size"'],
    ["no model", { ...order, model: undefined }, "model: a text"],
    ["a prompt that is no text", { ...order, prompt: 1 }, "prompt: a text"],
    ["another modality", { ...order, modality: "smell" }, "modality: one of image"],
    ["a seed with a fraction", { ...order, seed: 0.5 }, "seed: a whole number"],
    ["no inputs", { ...order, inputs: undefined }, "inputs: a list"],
    ["an input of two kinds", { ...order, inputs: [{ sha256: "a".repeat(64), bytes: "" }] }, "inputs: a list"],
    ["an input that is no hash", { ...order, inputs: [{ sha256: "A".repeat(64) }] }, "inputs: a list"],
    ["an input that is no base64", { ...order, inputs: [{ bytes: "a b" }] }, "inputs: a list"],
    ["what is no JSON", "{", "a JSON object"],
  ])("refuses %s with status 400 and sells nothing", async (_, body, problem) => {
    const vendor = await start({ kind: "plain" });
    const { status, content } = await buy(vendor, body);
    expect([status, JSON.stringify(content)]).toEqual([
      400,
      expect.stringContaining(JSON.stringify(problem).slice(1, -1)),
    ]);
    expect(vendor.ledger()).toEqual([]);
    expect(vendor.calls.map(({ operation }) => operation)).toEqual(["refused"]);
  });

  it("refuses callers without its key, other paths, and lists unless it lists", async () => {
    const vendor = await start({ kind: "plain", apiKey: "right" });
    const entry = { authorization: "Bearer right" };
    expect((await buy(vendor)).status).toBe(401);
    expect((await ask(vendor, "GET", "/v1/jobs/job-1", { authorization: "right" })).status).toBe(401);
    expect((await ask(vendor, "GET", "/v2/jobs/job-1", entry)).status).toBe(404);
    expect((await ask(vendor, "PUT", "/v1/jobs/job-1", entry)).status).toBe(404);
    expect((await ask(vendor, "GET", "/v1/jobs?key=run-1", entry)).status).toBe(404);
    expect((await ask(vendor, "GET", "/v1/jobs/job-1", entry)).status).toBe(404);
    expect((await buy(vendor, order, { ...entry, "content-type": "text/plain" })).status).toBe(400);
  });

  it("takes an input by its bytes or by its hash for the same", async () => {
    const vendor = await start({ kind: "plain" });
    const bytes = Buffer.from("a picture");
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await buy(vendor, { ...order, inputs: [{ bytes: bytes.toString("base64") }] });
    await buy(vendor, { ...order, inputs: [{ sha256 }] });
    const [one, two] = vendor.ledger();
    expect(one?.sha256).toBe(two?.sha256);
    expect(vendor.paidTwice()).toEqual([one?.fingerprint]);
  });

  it("cancels a job under way, and says that one which has ended cannot be", async () => {
    const vendor = await start({ kind: "plain", jobPolls: 1 });
    await buy(vendor);
    expect((await ask(vendor, "DELETE", "/v1/jobs/job-1")).content).toMatchObject({
      status: "failed",
      error: { code: "cancelled" },
    });
    await buy(vendor);
    await ask(vendor, "GET", "/v1/jobs/job-2");
    expect((await ask(vendor, "DELETE", "/v1/jobs/job-2")).status).toBe(409);
    expect((await ask(vendor, "DELETE", "/v1/jobs/job-3")).status).toBe(404);
    expect(vendor.ledger().map(({ state }) => state)).toEqual(["cancelled", "succeeded"]);
    expect(vendor.paidTwice()).toEqual([]);
  });
});

describe("what a job vendor counts as paid", () => {
  const first = { "idempotency-key": "run-1%2Fstep-a" };

  it("is one job for one key where keys are honoured, and 409 when another request comes under it", async () => {
    const vendor = await start({ kind: "idempotent" });
    const answers = [await buy(vendor, order, first), await buy(vendor, order, first)];
    expect(answers.map(({ content }) => content.id)).toEqual(["job-1", "job-1"]);
    expect((await buy(vendor, { ...order, prompt: "another" }, first)).status).toBe(409);
    const [row] = vendor.ledger();
    expect(vendor.ledger()).toHaveLength(1);
    expect([row?.key, row?.submits, row?.paid]).toEqual(["run-1/step-a", 2, 1]);
    expect(vendor.paidTwice()).toEqual([]);
  });

  it("keeps a failed job under its key as it is", async () => {
    const vendor = await start({ kind: "idempotent", faults: () => ({ kind: "fate", fate: "fails-at-once" }) });
    for (let time = 0; time < 2; time++) {
      expect((await buy(vendor, order, first)).content).toMatchObject({ id: "job-1", status: "failed" });
    }
    expect(vendor.ledger()).toHaveLength(1);
  });

  it.each(["listing", "plain"] as const)("is each submit of the same work for the kind %s", async (kind) => {
    const vendor = await start({ kind });
    await buy(vendor, order, first);
    await buy(vendor, { ...order, reference: "run-1/step-a/2" }, first);
    await buy(vendor, { ...order, reference: "run-1/step-b" }, first);
    await buy(vendor, { ...order, prompt: "another" }, first);
    const [row] = vendor.ledger();
    expect(vendor.ledger().map(({ isSecondPayment }) => isSecondPayment)).toEqual([false, true, false, false]);
    expect(vendor.paidTwice()).toEqual([row?.fingerprint]);
  });

  it("is no second payment when the buyer was told that the first job failed, and is one when it was not", async () => {
    const vendor = await start({
      kind: "plain",
      jobPolls: 1,
      faults: ({ operation, number }) =>
        operation === "submit" && number === 1 ? { kind: "fate", fate: "fails-late" } : undefined,
    });
    await buy(vendor);
    await ask(vendor, "GET", "/v1/jobs/job-1");
    await buy(vendor);
    expect(vendor.paidTwice()).toEqual([]);
    await buy(vendor);
    expect(vendor.paidTwice()).toHaveLength(1);
  });

  it("can be found by its reference where jobs are listed", async () => {
    const vendor = await start({ kind: "listing" });
    await buy(vendor);
    const listed = await ask(vendor, "GET", "/v1/jobs?key=run-1%2Fstep-a");
    expect(listed.content).toEqual({ jobs: [{ id: "job-1", status: "queued" }] });
    expect((await ask(vendor, "GET", "/v1/jobs?key=run-1%2Fstep-b")).content).toEqual({ jobs: [] });
  });
});

describe("the options of a job vendor", () => {
  it.each<[string, object, string]>([
    ["kind", { kind: "cheap" }, 'option "kind": one of idempotent, listing, plain is expected; "cheap" was given.'],
    ["jobPolls", { kind: "plain", jobPolls: 0 }, 'option "jobPolls": a whole number from 1 is expected; 0 was given.'],
    ["jobMs", { kind: "plain", jobMs: -1 }, 'option "jobMs": milliseconds from 0 is expected; -1 was given.'],
    [
      "apiKey",
      { kind: "plain", apiKey: "a b" },
      'option "apiKey": a word without blanks is expected; "string" was given.',
    ],
    ["polls", { kind: "plain", polls: 1 }, 'there is no option "polls".'],
  ])("refuse a wrong %s", async (_, options, sentence) => {
    // Wrong on purpose.
    const refused = startJobVendor(options as JobVendorOptions);
    await expect(refused).rejects.toMatchObject({ code: "INVALID_OPTION", message: expect.stringContaining(sentence) });
  });
});

describe("a job vendor that fails", () => {
  it("says to each call what it is: which node, which job, how often it came", async () => {
    const seen: unknown[] = [];
    const vendor = await start({
      kind: "listing",
      jobPolls: 1,
      faults({ operation, nth, number, node, jobId, request }) {
        seen.push([number, operation, nth, node, jobId, request?.model]);
        return undefined;
      },
    });
    await buy(vendor, { ...order, reference: "run-1/step-a/2" });
    await ask(vendor, "GET", "/v1/jobs/job-1");
    await ask(vendor, "GET", "/v1/jobs/job-1");
    await ask(vendor, "GET", "/v1/jobs?key=run-1%2Fstep-a");
    await buy(vendor);
    expect(seen).toEqual([
      [1, "submit", 1, "run-1/step-a", undefined, "painter"],
      [2, "poll", 1, "run-1/step-a", "job-1", "painter"],
      [3, "poll", 2, "run-1/step-a", "job-1", "painter"],
      [4, "list", 1, "run-1/step-a", undefined, undefined],
      [5, "submit", 2, "run-1/step-a", undefined, "painter"],
    ]);
    expect(vendor.calls.map(({ operation, jobId, status }) => [operation, jobId, status])).toEqual([
      ["submit", "job-1", 202],
      ["poll", "job-1", 200],
      ["poll", "job-1", 200],
      ["list", undefined, 200],
      ["submit", "job-2", 202],
    ]);
  });

  it.each<[keyof typeof JOB_FAULTS]>([["resetAmidTaken"], ["tooLongTaken"], ["serverError"]])(
    "does not count a file as fetched that goes wrong by %s",
    async (name) => {
      const vendor = await start({
        kind: "plain",
        jobPolls: 1,
        faults: ({ operation }) => (operation === "file" ? JOB_FAULTS[name] : undefined),
      });
      await buy(vendor, { ...order, modality: "video" });
      await ask(vendor, "GET", "/v1/jobs/job-1");
      const { sha256 } = vendor.ledger()[0] ?? {};
      const response = await fetch(`${vendor.baseUrl}/v1/files/${sha256}`);
      const whole = response.ok && (await response.arrayBuffer().catch(() => undefined));
      expect(whole === false || whole === undefined).toBe(true);
      expect(vendor.ledger().map(({ fetched }) => fetched)).toEqual([1]);
    },
  );

  it("sends half of a body that is stuck, and counts the call as open until its caller goes away", async () => {
    const vendor = await start({ kind: "plain", faults: () => JOB_FAULTS.hangAmidTaken });
    const controller = new AbortController();
    const headers = { authorization: "Bearer k", "content-type": "application/json" };
    const sent = { method: "POST", headers, body: JSON.stringify(order), signal: controller.signal };
    const response = await fetch(`${vendor.baseUrl}/v1/jobs`, sent);
    const size = Number(response.headers.get("content-length"));
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect([first?.value?.byteLength, vendor.openCalls()]).toEqual([size >> 1, 1]);
    controller.abort();
    await expect(reader?.read()).rejects.toThrow();
    while (vendor.openCalls() > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(vendor.ledger()).toHaveLength(1);
  });

  it("knows when each job was bought and when it was found to have ended", async () => {
    const clock = createFakeClock(1_000);
    const vendor = await start({ kind: "plain", jobMs: 500, clock });
    for (let count = 0; count < 3; count++) await buy(vendor);
    await clock.advance(600);
    await ask(vendor, "GET", "/v1/jobs/job-1");
    await ask(vendor, "DELETE", "/v1/jobs/job-2");
    await clock.advance(600);
    await ask(vendor, "GET", "/v1/jobs/job-1");
    expect(vendor.ledger().map(({ soldAt, endedAt }) => [soldAt, endedAt])).toEqual([
      [1_000, 1_600],
      [1_000, 1_600],
      [1_000, undefined],
    ]);
  });

  it("ends calls that hang when it is closed", async () => {
    const vendor = await startJobVendor({ kind: "plain", faults: () => JOB_FAULTS.hangTaken });
    const asking = buy(vendor).catch((error: unknown) => error);
    while (vendor.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await vendor.close();
    expect(await asking).toBeInstanceOf(TypeError);
    expect(vendor.ledger()).toHaveLength(1);
  });

  it("keeps a job open for ever that never ends, until it is cancelled", async () => {
    const vendor = await start({ kind: "plain", jobPolls: 1, faults: () => JOB_FAULTS.neverEnds });
    await buy(vendor);
    for (let look = 0; look < 5; look++) {
      expect((await ask(vendor, "GET", "/v1/jobs/job-1")).content.status).toBe("running");
    }
    await ask(vendor, "DELETE", "/v1/jobs/job-1");
    expect(vendor.ledger().map(({ state }) => state)).toEqual(["cancelled"]);
  });
});
