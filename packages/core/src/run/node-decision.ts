import { GenblazeError } from "../errors/genblaze-error.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonValue } from "../json/json-value.js";
import type { Decision, NewDecision } from "../node/composite-node.js";
import { raceAbort } from "./abort-source.js";
import { insideMask } from "./mask-inside.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

/** What a node decided under a name: once, then what was written down. */
export async function decide<T extends JsonValue>(
  run: RunContext,
  progress: StepProgress,
  name: string,
  make: () => NewDecision<T> | Promise<NewDecision<T>>,
): Promise<Decision<T>> {
  const { step } = progress.planned;
  const place = `${step.key} ${name}`;
  // The journal's words may lack private ones, which a node would go on with.
  const before = run.decided.get(place) ?? progress.decisions.get(name);
  // It was written down by this node under this name, so its type is the one that `make` has.
  if (before !== undefined) return before as Decision<T>;
  const made = await raceAbort(Promise.resolve().then(make), run.abort);
  if (findNonJson(made) !== undefined || typeof made.reason !== "string") {
    const message = `Step "${step.key}": the decision "${name}" must be { value, reason } of JSON.`;
    throw new GenblazeError("INVALID_OPTION", message, { details: { step: step.key } });
  }
  const decision = { value: made.value, reason: made.reason.toWellFormed() };
  run.decided.set(place, decision);
  if (made.hides !== undefined) run.privacy.learnInput(step, made.hides);
  // What a judge says may quote what it judged. The name of a body is no private word: it stands in those of its steps.
  const mask = insideMask(run, progress);
  const { bodies } = progress.planned;
  const value = typeof made.value === "string" && bodies.has(made.value) ? made.value : mask.json(made.value);
  const shown = { value, reason: mask.text(decision.reason) };
  await run.log.record({ state: "decided", step: step.key, name: mask.text(name), decision: shown });
  return decision;
}
