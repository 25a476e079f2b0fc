import type { JsonObject } from "../json/json-value.js";
import type { BodyCall, BodyOutcome, NodeContext } from "../node/composite-node.js";
import type { NodeStep } from "../pipeline/definition.js";
import { maskLogger } from "../privacy/mask-logger.js";
import type { InputAsset } from "../provider/provider.js";
import { ambient } from "./call-context.js";
import { insideMask } from "./mask-inside.js";
import { waitForAnswer } from "./node-answer.js";
import { decide } from "./node-decision.js";
import { createNodeRequests } from "./node-requests.js";
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

/** What a node is given to run with; everything that it does through it is in the journal. */
export function openNode(run: RunContext, progress: StepProgress, step: NodeStep, words: NodeWords): OpenNode {
  const { once, onBody, settled } = createNodeRequests(run.abort.signal, step);
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
  return { context, settled };
}

async function runBody(run: RunContext, progress: StepProgress, body: string, call: BodyCall): Promise<BodyOutcome> {
  const group = await openGroup(run, progress, { body, item: call.item });
  const takes = call.take === undefined ? run.takes : [...run.takes, call.take];
  return runGroup({ ...run, takes }, progress, group, { input: call.input, assets: call.assets ?? [] });
}
