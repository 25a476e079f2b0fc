import { describe, expect, it } from "vitest";
import { z } from "zod";
import { batch, memoryLedger } from "../../src/batch/index.js";
import { createRuntime, from, GenblazeError, Pipeline } from "../../src/index.js";
import { parseManifest } from "../../src/manifest/index.js";
import type { AnyProvider } from "../../src/pipeline/step-options.js";
import { perUnit, recordedCosts, totalCostBy } from "../../src/pricing/index.js";
import type { Provider, StepRequest } from "../../src/provider/index.js";
import { serve } from "../loopback.js";
import { createFakeClock } from "../support.js";
import { plainOutput, worker } from "./graph-support.js";

describe("PT-07 cost by tenant and day", () => {
  it("adds the costs of many runs by tenant, day, provider or model, out of their manifests too", async () => {
    const clock = createFakeClock();
    const runtime = createRuntime({
      random: () => 0,
      clock,
      prices: { "priced/*": perUnit(0.1), "dear/*": perUnit(0.25) },
    });
    const priced = worker({ name: "priced", yields: "image" });
    const dear = worker({ name: "dear", yields: "image" });
    const broken = worker({
      name: "broken",
      yields: "image",
      give: () => {
        throw new GenblazeError("SERVER_ERROR", "down");
      },
    });
    const runOf = async (tenantId: string, ...providers: readonly AnyProvider[]) => {
      const steps = providers.map((provider) => ({ provider, name: provider.name, model: "m" }));
      const { manifest } = await Pipeline.from({ name: "p", tenantId, steps }).run({ runtime, throwOnFailure: false });
      return parseManifest(manifest.toCanonicalJson()).run;
    };
    const runs = [await runOf("acme", priced, dear), await runOf("boats", priced)];
    await clock.advance(24 * 3_600_000);
    runs.push(await runOf("acme", priced), await runOf("boats", priced, broken));

    const costs = recordedCosts(runs);
    const byTenantAndDay = totalCostBy(
      costs,
      ({ tenantId, day }) => `${tenantId} ${day}`,
      ({ cost }) => cost,
    );
    expect([...byTenantAndDay].map(([key, { usd, knownUsd }]) => [key, usd, knownUsd])).toEqual([
      ["acme 2026-01-15", 0.35, 0.35],
      ["boats 2026-01-15", 0.1, 0.1],
      ["acme 2026-01-16", 0.1, 0.1],
      ["boats 2026-01-16", null, 0.1],
    ]);
    const reasons = byTenantAndDay.get("boats 2026-01-16")?.reasons;
    expect(reasons).toEqual(['"broken" failed before its provider said what it cost']);
    const byModel = totalCostBy(
      costs,
      ({ provider, model }) => `${provider}/${model}`,
      ({ cost }) => cost,
    );
    expect([...byModel].map(([key, { usd }]) => [key, usd])).toEqual([
      ["priced/m", 0.4],
      ["dear/m", 0.25],
      ["broken/m", null],
    ]);
  });
});

describe("PT-10 endpoints", () => {
  /** A vendor's adapter: where it is asked is an option, and nothing else. */
  const vendor = (options: { readonly baseUrl: string }): Provider<"image", never, unknown, StepRequest> => ({
    name: "vendor",
    account: options.baseUrl,
    yields: "image",
    accepts: [],
    models: {},
    prepare: (request) => ({ body: request }),
    async submit({ body }, { fetch, signal }) {
      const init = { method: "POST", body: JSON.stringify({ model: body.model, prompt: body.prompt }), signal };
      const response = await fetch(`${options.baseUrl}/v1/images`, init);
      const bytes = new Uint8Array(await response.arrayBuffer());
      return { status: "done", output: { assets: [{ mediaType: "image/png", bytes }] } };
    },
  });

  /** An endpoint that paints what it is asked, and remembers it. */
  async function endpoint() {
    const asked: string[] = [];
    const origin = await serve(async (request, response) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of request) chunks.push(chunk);
      asked.push(`${request.method} ${request.url} ${Buffer.concat(chunks)}`);
      response.end("a picture");
    });
    return { origin, asked };
  }

  it("runs the same pipeline on a serverless and on a dedicated endpoint, which differ in a base URL", async () => {
    const [serverless, dedicated] = [await endpoint(), await endpoint()];
    const poster = (provider: ReturnType<typeof vendor>) =>
      new Pipeline("poster").step(provider, { name: "frame", model: "flux", prompt: "a boat" });
    const runs = [];
    for (const { origin } of [serverless, dedicated]) runs.push(await poster(vendor({ baseUrl: origin })).run());
    const request = 'POST /v1/images {"model":"flux","prompt":"a boat"}';
    expect([serverless.asked, dedicated.asked]).toEqual([[request], [request]]);
    // Where it was asked is no fact of the work: both runs have the same hash.
    expect(new Set(runs.map(({ manifest }) => manifest.canonicalHash)).size).toBe(1);
  });
});

describe("PT-18 batch", () => {
  const rows = Array.from({ length: 10 }, (_, index) => `row ${index}`);

  /** Ten seconds a job; fails for these rows. */
  function posters(bad: readonly string[]) {
    const provider = worker({
      name: "painter",
      yields: "image",
      takesMs: 10_000,
      give: (request) => {
        if (bad.includes(request.prompt ?? "")) throw new GenblazeError("SERVER_ERROR", "down");
        return plainOutput("image", "painter", request);
      },
    });
    const pipeline = new Pipeline("poster", { input: z.string() }).step(provider, {
      name: "frame",
      model: "m",
      prompt: from("input", (row) => row),
    });
    return { provider, pipeline };
  }

  it("works N items off with bounded concurrency, a result for each, one summary, and resumes", async () => {
    const clock = createFakeClock();
    const runtime = createRuntime({ random: () => 0, clock, retry: "off", prices: { "painter/m": perUnit(0.5) } });
    const ledger = memoryLedger();
    const first = posters(["row 3"]);
    const run = batch(first.pipeline, rows, { concurrency: 4, ledger, runtime });
    const statuses: string[] = [];
    let isOver = false;
    const reading = (async () => {
      for await (const { index, status } of run) statuses[index] = status;
      isOver = true;
    })();
    while (!isOver) await clock.advanceToNext();
    await reading;
    expect(statuses).toEqual(rows.map((row) => (row === "row 3" ? "failed" : "completed")));
    // Ten items, four at a time, ten seconds each: three rounds.
    expect(await run.summary).toMatchObject({ total: 10, completed: 9, failed: 1, elapsedMs: 30_000, costUsd: null });

    const second = posters([]);
    const again = batch(second.pipeline, rows, { concurrency: 4, ledger, runtime });
    const { summary } = again;
    let isDone = false;
    const ended = summary.then(() => {
      isDone = true;
    });
    while (!isDone) await clock.advanceToNext();
    await ended;
    expect(await summary).toMatchObject({ total: 10, completed: 1, doneBefore: 9, costUsd: 0.5, elapsedMs: 10_000 });
    expect(second.provider.asked.map(({ prompt }) => prompt)).toEqual(["row 3"]);
  });
});
