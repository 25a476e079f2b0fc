import type { RunHandle, RunResult } from "../../src/index.js";
import { GenblazeError } from "../../src/index.js";
import type { ErrorCode, Provider, StepRequest, Submission } from "../../src/provider/index.js";
import { type createFakeClock, scriptedAsset } from "../support.js";

/** What a vendor was asked to do, in order. */
export interface VendorLog {
  readonly submits: { readonly request: StepRequest; readonly key: string }[];
  readonly cancels: unknown[];
  readonly polls: unknown[];
}

/** How a vendor of these tests behaves. */
export interface VendorOptions {
  /** Until its output is there, of the runtime's clock; 0 answers at once. @default 0 */
  readonly takesMs?: number;
  /** Thrown by submit, one after the other; then it works. */
  readonly refuses?: readonly unknown[];
  /** Of each job. */
  readonly jobFails?: GenblazeError;
  readonly cannotCancel?: true;
  readonly honoursIdempotencyKey?: true;
  readonly costUsd?: number;
  readonly bytes?: string;
}

/** A vendor of images; `log` says what it was asked. */
export function vendor(name: string, options: VendorOptions = {}) {
  const { takesMs = 0, refuses = [], jobFails, costUsd, bytes = `an image of ${name}` } = options;
  const log: VendorLog = { submits: [], cancels: [], polls: [] };
  const output = {
    assets: [scriptedAsset("image/x-scripted", bytes)],
    ...(costUsd === undefined ? {} : { costUsd }),
  };
  const ended = (): Submission =>
    jobFails === undefined ? { status: "done", output } : { status: "failed", error: jobFails };
  const provider: Provider<"image", never, unknown, StepRequest> = {
    name,
    yields: "image",
    accepts: [],
    models: {},
    ...(options.honoursIdempotencyKey ? { honoursIdempotencyKey: true } : {}),
    prepare: (request) => ({ body: request }),
    async submit({ body }, { idempotencyKey, clock }) {
      log.submits.push({ request: body, key: idempotencyKey });
      const refusal = refuses[log.submits.length - 1];
      if (refusal !== undefined) throw refusal;
      if (takesMs === 0) return ended();
      return { status: "pending", operation: { readyAt: clock.now() + takesMs }, retryAfterMs: takesMs };
    },
    async poll(operation, { clock }) {
      log.polls.push(operation);
      const readyAt = (operation as { readonly readyAt: number }).readyAt;
      return clock.now() >= readyAt ? ended() : { status: "pending", operation, retryAfterMs: readyAt - clock.now() };
    },
    ...(options.cannotCancel
      ? {}
      : {
          async cancel(operation) {
            log.cancels.push(operation);
          },
        }),
  };
  return { ...provider, log };
}

/** An error of a vendor that surely took nothing. */
export function refusal(code: ErrorCode, message = `${code} of the vendor`): GenblazeError {
  return new GenblazeError(code, message, { isRejected: true });
}

/** The result of a run whose clock goes on by itself, whatever it waits for. */
export async function finishRun<S>(
  { result }: RunHandle<S>,
  clock: ReturnType<typeof createFakeClock>,
): Promise<RunResult<S>> {
  const state = { isOver: false };
  const end = result.finally(() => {
    state.isOver = true;
  });
  end.catch(() => undefined);
  while (!state.isOver) await clock.advanceToNext();
  return end;
}
