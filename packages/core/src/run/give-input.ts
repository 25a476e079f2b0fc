import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import type { JsonValue } from "../json/json-value.js";
import type { Asset } from "../manifest/model.js";
import { modalityOfMediaType } from "../pipeline/asset-selector.js";
import type { PipelineDefinition } from "../pipeline/definition.js";
import type { ExternalAsset } from "../pipeline/external-asset.js";
import { isHandingOn } from "../pipeline/kinds-of.js";
import { namesInside } from "../pipeline/names-inside.js";
import { validate } from "../pipeline/output-schema.js";
import type { Plan } from "../pipeline/plan.js";
import { takerOf } from "../pipeline/plan-given.js";
import type { Mask } from "../privacy/mask.js";
import type { InputAsset } from "../provider/provider.js";
import { loadOnce } from "./outside-files.js";
import type { RunContext } from "./run-context.js";
import type { CheckedRunOptions, RunOptions } from "./run-options.js";
import type { RunState } from "./run-state.js";
import { toInput } from "./to-input.js";

/** An answer under a name that no step can have, or that of a step that asks nothing, would be given in vain. */
export function assertAnswers({ root, plan }: RunState, answers: RunContext["answers"]): void {
  const names = [...root.byName.keys()];
  const nodes = names.filter((name) => root.byName.get(name)?.planned.step.kind === "node");
  const isInside = (answer: string, name: string) => answer.startsWith(`${name}.`) || answer.startsWith(`${name}[`);
  for (const answer of Object.keys(answers)) {
    if (nodes.some((name) => answer === name || isInside(answer, name))) continue;
    const asking = askingSteps(plan);
    const details = { details: { name: answer } };
    if (names.includes(answer)) {
      const others = asking.length === 0 ? ", and no other step does" : `; these do: ${asking.join(", ")}`;
      throw new GenblazeError("INVALID_OPTION", `Option "answers": "${answer}" asks nothing${others}.`, details);
    }
    const others = asking.length === 0 ? " None asks for an answer." : ` These ask: ${asking.join(", ")}.`;
    const message = `Option "answers" names "${answer}", which is no step of this pipeline.${didYouMean(answer, asking)}${others}`;
    throw new GenblazeError("UNKNOWN_STEP", message, details);
  }
}

/** The steps that may ask, the first item's in the place of all. */
function askingSteps(plan: Plan): readonly string[] {
  return namesInside(plan)
    .filter(({ planned: { step } }) => step.kind === "node" && !isHandingOn(step.node))
    .map(({ name }) => name.replaceAll("[*]", "[0]"));
}

/** Checks what the caller gives the pipeline, before anything else happens. */
export async function giveInput(run: RunContext, options: CheckedRunOptions): Promise<void> {
  const { plan, root } = run.state;
  const input = await checkInput(plan, options.input, run.privacy.inputMask(plan.definition, options.input));
  run.given.set(root.path, { input, assets: await readAssets(run, options.assets) });
}

async function readAssets(run: RunContext, assets: RunOptions["assets"] = []): Promise<readonly InputAsset[]> {
  const { definition } = run.state.plan;
  const given: readonly (readonly [string | undefined, ExternalAsset])[] = Array.isArray(assets)
    ? assets.map((asset: ExternalAsset) => [undefined, asset])
    : Object.entries(assets).flatMap(([role, each]) =>
        [each].flat().map((asset): [string, ExternalAsset] => [role, asset]),
      );
  if (given.length > 0 && definition.accepts.length === 0) {
    const message = `Pipeline "${definition.name}" takes no assets, but some were given. Say which it takes: new Pipeline(name, { accepts: ["image"] }).`;
    throw new GenblazeError("INPUT_INVALID", message);
  }
  const taker = given.length === 0 ? takerOf(run.state.plan) : undefined;
  if (taker !== undefined) {
    const message = `Step "${taker}" takes the ${definition.accepts.join(" or ")} that pipeline "${definition.name}" is given, but none was given. Give it to the run: run({ assets: [fileAsset("...")] }).`;
    throw new GenblazeError("INPUT_INVALID", message, { details: { step: taker } });
  }
  const inputs: InputAsset[] = [];
  for (const [role, asset] of given) {
    const loaded = await loadOnce(run, asset, run.abort);
    assertGiven(definition, asset, loaded.asset);
    inputs.push({ ...toInput(run, loaded, run.signal), role });
  }
  return inputs;
}

/** A file of another kind would be paid for by the first step that takes it. */
function assertGiven({ name, accepts }: PipelineDefinition, { label }: ExternalAsset, { mediaType }: Asset): void {
  const modality = modalityOfMediaType(mediaType);
  if (modality === undefined || accepts.includes(modality)) return;
  const message = `Pipeline "${name}" takes ${accepts.join(" and ")}, but "${label}" is ${mediaType}. Give it another file.`;
  throw new GenblazeError("INPUT_INVALID", message, { details: { mediaType } });
}

/** An input as the pipeline's schema sees it. INPUT_INVALID. */
export async function checkInput(plan: Plan, input: unknown, mask: Mask): Promise<unknown> {
  const { definition } = plan;
  if (definition.input === undefined) {
    if (input === undefined) return undefined;
    throw new GenblazeError(
      "INPUT_INVALID",
      `Pipeline "${definition.name}" takes no input, but one was given. Give it a schema: new Pipeline(name, { input: schema }).`,
    );
  }
  // The schema decides whether it likes what was given; JSON is what manifests can record.
  return validate(definition.input, input as JsonValue | undefined, (problem) => {
    const hint = input === undefined ? " Nothing was given: run({ input: ... }), or --input '...'." : "";
    const message = `The input of pipeline "${definition.name}" does not fit its schema: ${mask.text(problem)}.${hint}`;
    return new GenblazeError("INPUT_INVALID", message);
  });
}
