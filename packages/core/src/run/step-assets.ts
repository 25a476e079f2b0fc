import type { Asset } from "../manifest/model.js";
import type { StepProgress } from "./run-state.js";
import type { RecordedInput } from "./transitions.js";

const nothing: readonly Asset[] = [];

/** What a step made, or a node yields. */
export function assetsOf({ output, yields }: StepProgress): readonly Asset[] {
  return output?.assets ?? yields?.assets.map(({ asset }) => asset) ?? nothing;
}

/** The same, with who made it: for what a node yields, that is a step inside it or one before it. */
export function madeBy(step: StepProgress): readonly RecordedInput[] {
  const { key } = step.planned.step;
  return step.yields?.assets ?? assetsOf(step).map((asset) => ({ asset, step: key, role: undefined }));
}
