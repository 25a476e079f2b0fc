import { Worker } from "node:worker_threads";
import { type CallContext, GenblazeError } from "@genblaze/core/provider";
import type { JobKind, JobMessage, JobReply, Jobs } from "./jobs.js";
import { findWorkerProgram } from "./worker-url.js";

/** Does a job in a thread of its own. An abort ends the thread at once: CANCELLED. A crash is a MODEL_ERROR. */
export async function runJob<Kind extends JobKind>(
  message: JobMessage<Kind>,
  context: CallContext,
): Promise<Jobs[Kind]["output"]> {
  if (context.signal.aborted) throw cancelled(context.signal);
  const worker = new Worker(findWorkerProgram(), { workerData: message, execArgv: [] });
  try {
    // The worker's handler of this kind is the only sender, so the output has this kind's type.
    return (await outputOf(worker, context)) as Jobs[Kind]["output"];
  } finally {
    await worker.terminate();
  }
}

function outputOf(worker: Worker, context: CallContext): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(cancelled(context.signal));
    const end = (finish: () => void): void => {
      context.signal.removeEventListener("abort", onAbort);
      finish();
    };
    context.signal.addEventListener("abort", onAbort, { once: true });
    worker.on("message", (reply: JobReply) => {
      if (reply.type === "progress") context.onProgress({ fraction: reply.fraction });
      else if (reply.type === "done") end(() => resolve(reply.output));
      else end(() => reject(failed(reply.error)));
    });
    worker.once("error", (error) => end(() => reject(failed(error))));
    worker.once("exit", () => end(() => reject(failed(new Error("The worker ended without an answer.")))));
  });
}

function cancelled(signal: AbortSignal): GenblazeError {
  return new GenblazeError("CANCELLED", "The local render was cancelled.", { cause: signal.reason });
}

function failed(cause: unknown): GenblazeError {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new GenblazeError("MODEL_ERROR", `The local renderer failed: ${text}`, { cause });
}
