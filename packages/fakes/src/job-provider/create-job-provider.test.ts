import { GenblazeError, silentLogger } from "@genblaze/core";
import type { CallContext, StepRequest, Submission } from "@genblaze/core/provider";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describeProviderContract } from "../../../contract/src/provider-contract.js";
import { createFakeClock } from "../fake-clock.js";
import { type Fault, JOB_FAULTS } from "../job-vendor/fault.js";
import type { VendorKind } from "../job-vendor/job-book.js";
import { type JobVendor, startJobVendor, type VendorCall } from "../job-vendor/start-job-vendor.js";
import { createJobProvider } from "./create-job-provider.js";

const request: StepRequest = {
  model: "painter",
  type: "generate",
  prompt: "a boat",
  negativePrompt: undefined,
  seed: 7,
  params: {},
  providerOptions: {},
  inputs: [],
  outputSchema: undefined,
};
const clock = createFakeClock();

function contextOf(more: Partial<CallContext> = {}): CallContext {
  return {
    signal: new AbortController().signal,
    fetch: globalThis.fetch,
    clock,
    logger: silentLogger,
    random: () => 0.5,
    idempotencyKey: "rün-1/step-a",
    onProgress: () => undefined,
    ...more,
  };
}

const faultsOfContract = ({ request: asked }: VendorCall) =>
  asked?.model === "endless" ? JOB_FAULTS.neverEnds : undefined;

const kinds: readonly VendorKind[] = ["idempotent", "listing", "plain"];
const shops = kinds.flatMap((kind) =>
  (["image", "video", "audio", "text"] as const).map((yields) => ({ kind, yields })),
);

// The suite asks under one key, so each modality has a vendor of its own.
describe.each(shops)("a provider of $yields of the kind $kind", ({ kind, yields }) => {
  let vendor: JobVendor | undefined;
  beforeAll(async () => {
    vendor = await startJobVendor({ kind, pollAfterMs: 1, faults: faultsOfContract });
  });
  afterAll(() => vendor?.close());

  describeProviderContract({
    name: `jobs.${yields}`,
    // The suite asks for one before the vendor is there, to see what it can do.
    create: () => createJobProvider({ baseUrl: vendor?.baseUrl ?? "", name: `jobs.${yields}`, kind, yields }),
    request: () => request,
    impossible: [(good) => ({ ...good, prompt: undefined })],
    longRequest: () => ({ ...request, model: "endless" }),
  });
});

describe.each(kinds)("a provider of the kind %s", (kind) => {
  it("can do what its kind can, and says so", () => {
    const provider = createJobProvider({ baseUrl: "", name: "jobs", kind, yields: "image" });
    expect([provider.honoursIdempotencyKey ?? false, provider.reconcile !== undefined]).toEqual([
      kind === "idempotent",
      kind === "listing",
    ]);
    expect(provider.cancel).toBeTypeOf("function");
    const bound = createJobProvider({ baseUrl: "", name: "jobs", kind, yields: "image", hasCancel: false });
    expect(bound.cancel).toBeUndefined();
  });
});

const open: JobVendor[] = [];
afterEach(async () => {
  for (const vendor of open.splice(0)) await vendor.close();
});

async function openShop(kind: VendorKind, faults: (call: VendorCall) => Fault | undefined = () => undefined) {
  const vendor = await startJobVendor({ kind, jobPolls: 1, faults, clock });
  open.push(vendor);
  const provider = createJobProvider({
    baseUrl: vendor.baseUrl,
    name: "jobs",
    kind,
    yields: "image",
    accepts: ["image"],
  });
  const submit = (more: Partial<CallContext> = {}) => provider.submit(provider.prepare(request), contextOf(more));
  return { vendor, provider, submit };
}

async function failure(work: Promise<unknown>): Promise<GenblazeError | Error> {
  const error: unknown = await work.then(
    () => new Error("it succeeded"),
    (thrown: unknown) => thrown,
  );
  return error instanceof Error ? error : new Error(String(error));
}

const at = (operation: VendorCall["operation"], fault: Fault) => (call: VendorCall) =>
  call.operation === operation ? fault : undefined;

describe("a submit that goes wrong", () => {
  it.each<[keyof typeof JOB_FAULTS, string, number | undefined, number]>([
    ["tooManyRequests", "RATE_LIMITED", undefined, 0],
    ["tooManyRequestsSeconds", "RATE_LIMITED", 2_000, 0],
    ["tooManyRequestsDecimal", "RATE_LIMITED", 1_200, 0],
    ["tooManyRequestsDate", "RATE_LIMITED", 3_000, 0],
    ["tooManyRequestsOffsetDate", "RATE_LIMITED", 3_000, 0],
    ["tooManyRequestsMs", "RATE_LIMITED", 1_500, 0],
    ["serverError", "SERVER_ERROR", undefined, 0],
    ["serverErrorTaken", "SERVER_ERROR", undefined, 1],
    ["unavailable", "SERVER_ERROR", undefined, 0],
    ["unavailableSeconds", "SERVER_ERROR", 2_000, 0],
    ["unavailableMs", "SERVER_ERROR", 1_500, 0],
    ["unavailableTaken", "SERVER_ERROR", undefined, 1],
    ["halfBodyTaken", "SERVER_ERROR", undefined, 1],
    ["malformedTaken", "SERVER_ERROR", undefined, 1],
    ["htmlTaken", "SERVER_ERROR", undefined, 1],
    ["emptyTaken", "SERVER_ERROR", undefined, 1],
    ["tooShortTaken", "SERVER_ERROR", undefined, 1],
  ])("by %s is %s, told to wait %s ms, with %i jobs paid", async (name, code, retryAfterMs, paid) => {
    const { vendor, submit } = await openShop("plain", at("submit", JOB_FAULTS[name]));
    expect(await failure(submit())).toMatchObject({ code, retryAfterMs });
    expect(vendor.ledger()).toHaveLength(paid);
    expect(vendor.calls.map(({ operation, fault }) => [operation, fault])).toEqual([["submit", JOB_FAULTS[name]]]);
  });

  // The codes of undici and of the socket below it; a reset is told by either.
  it.each<[keyof typeof JOB_FAULTS, number, readonly string[]]>([
    ["resetBefore", 0, ["ECONNRESET", "UND_ERR_SOCKET"]],
    ["resetTaken", 1, ["ECONNRESET", "UND_ERR_SOCKET"]],
    ["resetAmidTaken", 1, ["ECONNRESET", "UND_ERR_SOCKET"]],
    ["tooLongTaken", 1, ["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", "UND_ERR_SOCKET"]],
  ])("by %s throws what fetch throws, %i jobs paid, with one of the network's codes %j", async (name, paid, codes) => {
    const { vendor, submit } = await openShop("plain", at("submit", JOB_FAULTS[name]));
    const error = await failure(submit());
    const code: unknown = Reflect.get(Object(error.cause), "code");
    expect([error.name, codes]).toEqual(["TypeError", expect.arrayContaining([code])]);
    expect(vendor.ledger()).toHaveLength(paid);
  });

  it.each<[keyof typeof JOB_FAULTS, number]>([
    ["hang", 0],
    ["hangTaken", 1],
    ["hangAmidTaken", 1],
  ])("by %s waits until its signal ends it, with %i jobs paid", async (name, paid) => {
    const { vendor, submit } = await openShop("plain", at("submit", JOB_FAULTS[name]));
    const controller = new AbortController();
    const submitting = failure(submit({ signal: controller.signal }));
    while (vendor.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new GenblazeError("TIMED_OUT", "too long"));
    expect(await submitting).toMatchObject({ code: "TIMED_OUT" });
    expect(vendor.ledger()).toHaveLength(paid);
  });

  it("by a wrong key is AUTH_FAILED, and the key is not shown", async () => {
    const { baseUrl } = (await openShop("plain")).vendor;
    const provider = createJobProvider({ baseUrl, name: "jobs", kind: "plain", yields: "image", apiKey: "5ecret" });
    const strict = await startJobVendor({ kind: "plain", apiKey: "right" });
    open.push(strict);
    const other = createJobProvider({
      baseUrl: strict.baseUrl,
      name: "jobs",
      kind: "plain",
      yields: "image",
      apiKey: "5ecret",
    });
    await provider.submit(provider.prepare(request), contextOf());
    const error = await failure(other.submit(other.prepare(request), contextOf()));
    expect(error).toMatchObject({ code: "AUTH_FAILED", message: expect.not.stringContaining("5ecret") });
  });

  it("by a job that fails is a failed submission at once, or on a later look", async () => {
    const atOnce = await openShop("plain", at("submit", JOB_FAULTS.failsAtOnce));
    expect(await atOnce.submit()).toMatchObject({ status: "failed", error: { code: "MODEL_ERROR" } });
    const late = await openShop("plain", at("submit", JOB_FAULTS.failsLate));
    const pending = await late.submit();
    expect(pending.status).toBe("pending");
    expect(await look(late.provider, pending)).toMatchObject({ status: "failed", error: { code: "MODEL_ERROR" } });
  });
});

type ImageProvider = Awaited<ReturnType<typeof openShop>>["provider"];

function look(provider: ImageProvider, submission: Submission): Promise<Submission> {
  if (submission.status !== "pending" || provider.poll === undefined) throw new Error("nothing is pending");
  return provider.poll(submission.operation, contextOf());
}

describe("a job that was bought", () => {
  it.each(["serverError", "tooManyRequestsMs", "malformedTaken", "emptyTaken", "resetAmidTaken"] as const)(
    "is there at the next look when one look ends with %s",
    async (name) => {
      const { vendor, provider, submit } = await openShop("plain", (call) =>
        call.operation === "poll" && call.nth === 1 ? JOB_FAULTS[name] : undefined,
      );
      const pending = await submit();
      await failure(look(provider, pending));
      expect(vendor.ledger()[0]?.fetched).toBe(0);
      expect((await look(provider, pending)).status).toBe("done");
      expect(vendor.ledger()[0]?.fetched).toBe(1);
    },
  );

  it("is the same under the same key where keys are honoured, whatever became of the first answer", async () => {
    const { vendor, provider, submit } = await openShop("idempotent", (call) =>
      call.operation === "submit" && call.nth === 1 ? JOB_FAULTS.resetTaken : undefined,
    );
    await failure(submit());
    expect((await look(provider, await submit())).status).toBe("done");
    expect(await submit()).toMatchObject({ status: "pending", operation: { job: "job-1" } });
    expect(vendor.ledger().map(({ submits }) => submits)).toEqual([3]);
    expect(vendor.paidTwice()).toEqual([]);
  });

  it("is found by reconcile where jobs are listed, and surely not there when it is not", async () => {
    const { vendor, provider, submit } = await openShop("listing", at("submit", JOB_FAULTS.hangTaken));
    const prepared = provider.prepare(request);
    const none = await provider.reconcile?.(prepared, contextOf());
    expect(none).toBeUndefined();
    const controller = new AbortController();
    const submitting = failure(submit({ signal: controller.signal }));
    while (vendor.ledger().length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await submitting;
    const found = await provider.reconcile?.(prepared, contextOf());
    expect(found).toEqual({ status: "pending", operation: { job: "job-1" }, retryAfterMs: 0 });
    // A further try has a key of its own, and was not bought.
    expect(await provider.reconcile?.(prepared, contextOf({ idempotencyKey: "rün-1/step-a/2" }))).toBeUndefined();
  });

  it("is called back by cancel; one that has ended is kept, and cancel says so", async () => {
    const { vendor, provider, submit } = await openShop("plain");
    const [one, two] = [await submit(), await submit({ idempotencyKey: "rün-1/step-b" })];
    if (one.status !== "pending" || two.status !== "pending") throw new Error("both are under way");
    await provider.cancel?.(one.operation, contextOf());
    await look(provider, two);
    const late = await failure(provider.cancel?.(two.operation, contextOf()) ?? Promise.resolve());
    expect(late).toMatchObject({ code: "INVALID_INPUT", details: { status: 409 } });
    expect(vendor.ledger().map(({ state }) => state)).toEqual(["cancelled", "succeeded"]);
  });

  it("is told its inputs by their hash, or by their bytes where no hash is known", async () => {
    const { vendor, provider } = await openShop("plain");
    const asset = { mediaType: "image/png", sha256: null } as StepRequest["inputs"][number]["asset"];
    const input = { role: undefined, step: "", asset, read: async () => new TextEncoder().encode("a picture") };
    await provider.submit(provider.prepare({ ...request, inputs: [input] }), contextOf());
    const sha256 = "0".repeat(64);
    const hashed = { ...input, asset: { ...asset, sha256 } };
    await provider.submit(provider.prepare({ ...request, inputs: [hashed] }), contextOf());
    expect(vendor.ledger().map(({ isSecondPayment }) => isSecondPayment)).toEqual([false, false]);
    const film = { ...input, asset: { ...asset, mediaType: "video/mp4" } };
    expect(() => provider.prepare({ ...request, inputs: [film] })).toThrow("image can be taken; video/mp4 was given");
  });
});

describe("a cancel that goes wrong", () => {
  it.each<[keyof typeof JOB_FAULTS, string]>([
    ["serverError", "queued"],
    ["serverErrorTaken", "cancelled"],
    ["htmlTaken", "cancelled"],
  ])("by %s is SERVER_ERROR, and the job is %s", async (name, state) => {
    const { vendor, provider, submit } = await openShop("plain", at("cancel", JOB_FAULTS[name]));
    const pending = await submit();
    if (pending.status !== "pending") throw new Error("nothing is pending");
    const error = await failure(provider.cancel?.(pending.operation, contextOf()) ?? Promise.resolve());
    expect(error).toMatchObject({ code: "SERVER_ERROR" });
    expect(vendor.ledger().map((row) => row.state)).toEqual([state]);
  });
});
