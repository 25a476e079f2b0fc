import { GenblazeError, Pipeline, silentLogger } from "@genblaze/core";
import type { CallContext, Modality, Provider, ProviderOutput, StepRequest } from "@genblaze/core/provider";
import { createFakeClock } from "@genblaze/fakes";
import { describe, expect, it } from "vitest";

type AnyProvider = Provider<Modality, Modality, unknown>;

export interface ProviderContractOptions {
  readonly name: string;
  create(): AnyProvider;
  /** A request that succeeds, as small as may be. */
  request(): Promise<StepRequest> | StepRequest;
  /** Requests that the provider cannot do; each must be INVALID_INPUT before any work. */
  readonly impossible?: readonly ((good: StepRequest) => StepRequest)[];
  /** A request whose work lasts until it is aborted, or long enough for that. @default aborting at work is not tested */
  readonly longRequest?: () => Promise<StepRequest> | StepRequest;
  /** Whether unknown parameters are passed on, as to a vendor whose models are open. @default false: each is a warning */
  readonly passesParamsOn?: boolean;
  /** Whether the same request gives the same bytes. @default false */
  readonly isDeterministic?: boolean;
}

const modalities = ["image", "video", "audio", "text"];
const longestPolls = 1_000;

/** The suite that every provider must pass. Which groups run follows from what the provider declares; the title says it. */
export function describeProviderContract(options: ProviderContractOptions): void {
  const { name, create, isDeterministic = false } = options;
  const declared = create();
  const groups = [
    declared.poll === undefined ? "no poll" : "poll",
    declared.cancel === undefined ? "no cancel" : "cancel",
    options.longRequest === undefined ? "no abort at work" : "abort at work",
    isDeterministic ? "deterministic" : "not deterministic",
  ];
  describe(`${name} keeps the provider contract (${groups.join(", ")})`, () => {
    describeIdentity(create);
    describePrepare(options);
    describeSubmit(options);
    describeAbort(options);
    if (isDeterministic) describeDeterminism(options);
  });
}

function describeIdentity(create: ProviderContractOptions["create"]): void {
  it("says who it is, what it yields and what it accepts", () => {
    const provider = create();
    expect(provider.name).toMatch(/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$/);
    expect(modalities).toContain(provider.yields);
    expect(modalities).toEqual(expect.arrayContaining([...provider.accepts]));
    for (const { price, ...facts } of Object.values(provider.models)) {
      expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
      expect(["undefined", "function"]).toContain(typeof price);
    }
  });

  it("keeps no state between two of its kind", () => {
    expect(create()).not.toBe(create());
  });
}

function describePrepare({ create, request, passesParamsOn = false, impossible = [] }: ProviderContractOptions): void {
  it("prepares the same body for the same request, and leaves the request alone", async () => {
    const good = deepFreeze(await request());
    const provider = create();
    expect(provider.prepare(good)).toEqual(provider.prepare(good));
  });

  if (!passesParamsOn) {
    it("warns about a parameter that it does not know, instead of dropping it silently", async () => {
      const good = await request();
      const { warnings = [] } = create().prepare({ ...good, params: { ...good.params, noSuchParameter: 1 } });
      expect(warnings.map((warning) => warning.option)).toContain("params.noSuchParameter");
    });
  }

  if (impossible.length === 0) return;
  it("refuses what cannot be done with INVALID_INPUT and a sentence", async () => {
    const good = await request();
    for (const spoil of impossible) {
      const thrown = thrownBy(() => create().prepare(spoil(good)));
      expect(GenblazeError.isInstance(thrown) ? thrown.code : String(thrown)).toBe("INVALID_INPUT");
      expect(GenblazeError.isInstance(thrown) && thrown.message.length).toBeGreaterThan(30);
    }
  });
}

function describeSubmit({ create, request }: ProviderContractOptions): void {
  it("gives an output of the modality it yields, with bytes or an address", async () => {
    const provider = create();
    const output = await perform(provider, await request(), contextOf());
    if (provider.yields === "text") {
      expect(output.text ?? output.json).toBeDefined();
      return;
    }
    const [first] = output.assets ?? [];
    expect(first?.mediaType).toMatch(new RegExp(`^${provider.yields}/`));
    for (const asset of output.assets ?? []) {
      if ("bytes" in asset) expect(asset.bytes.byteLength).toBeGreaterThan(0);
      else expect(URL.canParse(asset.url)).toBe(true);
    }
  });

  it("runs in a pipeline and leaves a manifest that verifies", async () => {
    const provider = create();
    const good = await request();
    const result = await new Pipeline("contract").step(asking(provider, good), { name: "it", model: good.model }).run();
    expect(result.manifest.report().ok).toBe(true);
    expect(result.run.steps[0]?.assets.length).toBeGreaterThan(0);
  });
}

function describeAbort({ create, request, longRequest }: ProviderContractOptions): void {
  it("does nothing when the signal is already aborted", async () => {
    const controller = new AbortController();
    controller.abort(cancelled());
    await expect(perform(create(), await request(), contextOf(controller.signal))).rejects.toMatchObject({
      code: "CANCELLED",
    });
  });

  if (longRequest === undefined) return;
  it("ends with the signal's reason when it is aborted at work", async () => {
    const controller = new AbortController();
    const abort = () => controller.abort(cancelled());
    const context = { ...contextOf(controller.signal), onProgress: abort };
    const work = perform(create(), await longRequest(), context);
    // Work that reports no progress is aborted at the next turn of the event loop.
    setImmediate(abort);
    await expect(work).rejects.toMatchObject({ code: "CANCELLED" });
  });
}

function describeDeterminism({ create, request }: ProviderContractOptions): void {
  it("gives the same bytes for the same request", async () => {
    const [one, two] = [
      await perform(create(), await request(), contextOf()),
      await perform(create(), await request(), contextOf()),
    ];
    expect(one).toEqual(two);
  });
}

/** The provider with one request only; its functions are called on itself, so it may be an instance of a class. */
function asking(provider: AnyProvider, request: StepRequest): AnyProvider {
  const { name, yields, accepts, models } = provider;
  return {
    name,
    yields,
    accepts,
    models,
    prepare: () => provider.prepare(request),
    submit: (prepared, context) => provider.submit(prepared, context),
    ...(provider.poll === undefined ? {} : { poll: provider.poll.bind(provider) }),
  };
}

async function perform(provider: AnyProvider, request: StepRequest, context: CallContext): Promise<ProviderOutput> {
  let state = await provider.submit(provider.prepare(request), context);
  for (let polls = 0; state.status === "pending"; polls++) {
    if (provider.poll === undefined || polls === longestPolls) throw new Error("the job is pending for ever");
    state = await provider.poll(state.operation, context);
  }
  if (state.status === "failed") throw state.error;
  return state.output;
}

function contextOf(signal: AbortSignal = new AbortController().signal): CallContext {
  return {
    signal,
    fetch: globalThis.fetch,
    clock: createFakeClock(),
    logger: silentLogger,
    random: () => 0.5,
    idempotencyKey: "contract/1",
    onProgress: () => undefined,
  };
}

function cancelled(): GenblazeError {
  return new GenblazeError("CANCELLED", "in the middle");
}

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    for (const entry of Object.values(value)) deepFreeze(entry);
    Object.freeze(value);
  }
  return value;
}
