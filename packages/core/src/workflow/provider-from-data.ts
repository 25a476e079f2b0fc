import type { AnyProvider } from "../pipeline/step-options.js";
import type { WorkflowProvider } from "./workflow.js";
import type { WorkflowParts } from "./workflow-parts.js";
import { workflowProblem } from "./workflow-problem.js";

/** A provider takes what it took when the workflow was made; where `chain` chooses the inputs, nothing else either. */
export function providerFromData(
  provider: WorkflowProvider | undefined,
  place: string,
  isChained: boolean,
  parts: WorkflowParts,
): AnyProvider {
  if (provider === undefined) throw workflowProblem(`Step "${place}" of this workflow has no provider.`, { place });
  const given = parts.provider(provider);
  const hasAll = provider.accepts.every((modality) => given.accepts.includes(modality));
  const hasMore = given.accepts.some((modality) => !provider.accepts.includes(modality));
  if (hasAll && !(isChained && hasMore)) return given;
  const shown = (list: readonly string[]) => (list.length === 0 ? "nothing" : list.join(", "));
  const message = `Step "${place}": provider "${provider.name}" accepts ${shown(given.accepts)}, but accepted ${shown(provider.accepts)} when the workflow was made. Give that provider, or make a new version of the workflow.`;
  throw workflowProblem(message, { place, provider: provider.name });
}
