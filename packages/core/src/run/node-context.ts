import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../json/json-value.js";
import type { BodyCall, BodyOutcome, NodeContext } from "../node/composite-node.js";
import type { NodeStep } from "../pipeline/definition.js";
import { maskLogger } from "../privacy/mask-logger.js";
import type { InputAsset } from "../provider/provider.js";
import { ambient } from "./call-context.js";
import { insideMask } from "./mask-inside.js";
import { waitForAnswer } from "./node-answer.js";
import { decide } from "./node-decision.js";
import { nodeFault } from "./node-fault.js";
import { openGroup, runGroup, skipGroup } from "./run-body.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

/** What a node's step resolved before its node runs. */
interface NodeWords {
  readonly input: unknown;
  readonly inputs: readonly InputAsset[];
  readonly prompt: string | undefined;
  readonly params: JsonObject;
}

/** A node's context, and the end of all that the node has begun. */
export interface OpenNode {
  readonly context: NodeContext;
  /** Resolves when nothing is under way any more, also what the node did not wait for; from then on it can do nothing. */
  settled(): Promise<void>;
}

/** Something that a node asked for: to be done once, however often it asks. */
interface Begun {
  readonly what: "run" | "skip" | "decide" | "wait";
  readonly given: unknown;
  readonly done: Promise<unknown>;
}

/**
 * What a node is given to run with; everything that it does through it is in the journal. Nodes come from other packages
 * too, so what would be paid twice or could not be told apart in the journal is refused (INVALID_OPTION).
 */
export function openNode(run: RunContext, progress: StepProgress, step: NodeStep, words: NodeWords): OpenNode {
  const asked = new Map<string, Begun>();
  let hasEnded = false;

  function once<T>(name: string, what: Begun["what"], given: unknown, work: () => Promise<T>): Promise<T> {
    const before = asked.get(name);
    if (before !== undefined) {
      const isSame = before.what === what && isDeepStrictEqual(before.given, given);
      // Under one name there is one kind of work, so what it gives is of one type.
      return isSame
        ? (before.done as Promise<T>)
        : Promise.reject(nodeFault(step, `asks for ${name} twice, and differently`, "INVALID_OPTION"));
    }
    if (hasEnded) return Promise.reject(nodeFault(step, "goes on after it has ended", "INVALID_OPTION"));
    if (run.abort.signal.aborted) return Promise.reject(run.abort.signal.reason);
    const done = work();
    // A node need not wait for it; then the end of the node does.
    done.catch(() => undefined);
    asked.set(name, { what, given, done });
    return done;
  }

  function onBody<T>(
    what: Begun["what"],
    body: string,
    { item, input, assets = [] }: BodyCall,
    work: () => Promise<T>,
  ): Promise<T> {
    if (item !== undefined && !(Number.isSafeInteger(item) && item >= 0)) {
      return Promise.reject(
        nodeFault(
          step,
          `counts the runs of body "${body}" with ${String(item)}; 0, 1, 2, ... is expected`,
          "INVALID_OPTION",
        ),
      );
    }
    const given = { input, assets: assets.map(({ asset }) => asset.assetId) };
    return once(`body "${body}"${item === undefined ? "" : ` ${item}`}`, what, given, work);
  }

  const { logger, ...around } = ambient(run, step, run.abort.signal);
  const context: NodeContext = {
    ...around,
    logger: run.privacy.hidesWords ? maskLogger(logger, insideMask(run, progress)) : logger,
    ...words,
    step: step.key,
    runId: run.state.runId,
    bodies: [...progress.planned.bodies.keys()],
    runBody: (body, call = {}) => onBody("run", body, call, () => runBody(run, progress, body, call)),
    skipBody: (body, reason, { item } = {}) =>
      onBody("skip", body, item === undefined ? {} : { item }, async () => {
        const group = await openGroup(run, progress, { body, item });
        await skipGroup(run, group, insideMask(run, progress).text(reason));
      }),
    decide: (name, make) => once(`decision "${name}"`, "decide", undefined, () => decide(run, progress, name, make)),
    waitForAnswer: (question, { timeoutMs } = {}) =>
      once("an answer", "wait", question, () => waitForAnswer(run, progress, step, { question, timeoutMs })),
  };
  return {
    context,
    async settled() {
      hasEnded = true;
      await Promise.allSettled([...asked.values()].map(({ done }) => done));
    },
  };
}

async function runBody(run: RunContext, progress: StepProgress, body: string, call: BodyCall): Promise<BodyOutcome> {
  const group = await openGroup(run, progress, { body, item: call.item });
  const takes = call.take === undefined ? run.takes : [...run.takes, call.take];
  return runGroup({ ...run, takes }, progress, group, { input: call.input, assets: call.assets ?? [] });
}
