import { callTheirs } from "../options/call-theirs.js";
import type { ProviderStep } from "../pipeline/definition.js";
import type { StepRequest, StepWarning } from "../provider/provider.js";
import { type AbortSource, raceAbort } from "./abort-source.js";
import { checkVerdict } from "./check-verdict.js";
import { factsOf, guardError, toRejection } from "./judge-output.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

/**
 * Shows the words of a request to the guards before anything is spent; GUARD_REJECTED when one does not let them
 * through. A request without any text is not shown. Gives what could not be checked.
 */
export async function checkPrompt(
  run: RunContext,
  progress: StepProgress,
  step: ProviderStep,
  request: StepRequest,
  abort: AbortSource,
): Promise<readonly StepWarning[]> {
  const guards = [...run.guards, ...step.guards].filter((guard) => guard.checkPrompt !== undefined);
  const texts = guards.length === 0 ? [] : textsOf(request);
  const warnings: StepWarning[] = [];
  if (texts.length === 0 && !holdsText(request.params)) return warnings;
  for (const guard of guards) {
    const facts = factsOf(run, progress, step, request, abort.signal, guard.name);
    const check = { ...facts, texts, text: texts.join("\n\n"), inputs: request.inputs };
    const who = `Step "${step.key}": its guard "${guard.name}"`;
    const given = await raceAbort(
      callTheirs(who, () => guard.checkPrompt?.(check)),
      abort,
    );
    const verdict = checkVerdict(guard, step.key, given);
    if (!verdict.allowed) {
      const rejection = toRejection(run, step, "prompt", guard.name, verdict);
      await run.log.record({ state: "rejected", step: step.key, rejection });
      throw guardError(step, rejection, "prompt for");
    }
    if (verdict.notChecked !== undefined) {
      warnings.push({ option: `guards.${guard.name}`, message: `Not checked: ${verdict.notChecked}` });
    }
  }
  return warnings;
}

/** Prompt, negative prompt, then the texts of the inputs, in the order of the Python library. */
function textsOf({ prompt, negativePrompt, inputs }: StepRequest): readonly string[] {
  const texts = [prompt, negativePrompt, ...inputs.map(({ asset }) => asset.metadata.text)];
  return texts.filter((text): text is string => typeof text === "string" && text !== "");
}

function holdsText(value: unknown): boolean {
  if (typeof value === "string") return value !== "";
  return typeof value === "object" && value !== null && Object.values(value).some(holdsText);
}
