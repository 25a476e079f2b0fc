import { WIRE_STEP_TYPES, type WireStepType } from "./model.js";

const wireTypes: ReadonlySet<string> = new Set(WIRE_STEP_TYPES);

/** Whether manifests have a word for what a step does. */
export function isWireType(type: string): type is WireStepType {
  return wireTypes.has(type);
}
