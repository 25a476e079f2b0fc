import type { Asset } from "../manifest/model.js";
import type { StepProgress } from "./run-state.js";

const nothing: readonly Asset[] = [];

/** What a step made, or a node yields. */
export function assetsOf({ output, yields }: StepProgress): readonly Asset[] {
  return output?.assets ?? yields?.assets.map(({ asset }) => asset) ?? nothing;
}
