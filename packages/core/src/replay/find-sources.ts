import type { JsonValue } from "../json/json-value.js";
import type { Asset, Step } from "../manifest/model.js";
import { isObject } from "./own-metadata.js";

/** Where an input of a step came from: another step of the run, or from outside. */
export type InputSource =
  | {
      readonly kind: "step";
      readonly index: number;
      readonly role: string | undefined;
      /** Which of its assets, from 0; undefined for all of them. */
      readonly place: number | undefined;
    }
  | { readonly kind: "asset"; readonly asset: Asset };

/** The inputs of one step. */
export interface StepSources {
  readonly sources: readonly InputSource[];
  /** Whether the step took some assets of another step, and not others. */
  readonly isPartial: boolean;
}

/** Finds who made what by asset id, then by hash; built once for a run. */
interface Makers {
  readonly byId: ReadonlyMap<string, readonly number[]>;
  readonly bySha256: ReadonlyMap<string, readonly number[]>;
}

/**
 * Where the inputs of every step came from, by the assets that it recorded: nothing is guessed from the order of the
 * steps. `_input_from` and `input_roles` add what assets cannot tell.
 */
export function findSources(steps: readonly Step[]): readonly StepSources[] {
  const makers = {
    byId: groupMakers(steps, ({ assetId }) => assetId),
    bySha256: groupMakers(steps, ({ sha256 }) => sha256),
  };
  return steps.map((step, index) => sourcesOf(steps, step, index, makers));
}

function sourcesOf(steps: readonly Step[], step: Step, index: number, makers: Makers): StepSources {
  const isOther = (from: unknown): from is number =>
    typeof from === "number" && Number.isSafeInteger(from) && from >= 0 && from < steps.length && from !== index;
  const named = Array.isArray(step.metadata._input_from) ? step.metadata._input_from.filter(isOther) : undefined;
  const roles = readRoles(step.metadata.input_roles).filter(({ index: from }) => isOther(from));
  const walked = walkInputs(steps, step.inputs, (asset) => {
    const found = makers.byId.get(asset.assetId) ?? makers.bySha256.get(asset.sha256 ?? "") ?? [];
    const others = found.filter((maker) => maker !== index);
    // Without `_input_from` the Python library wrote it, whose steps take from earlier ones.
    return named === undefined ? others.find((maker) => maker < index) : (others.find(inList(named)) ?? others[0]);
  });
  const { sources } = walked;
  // Roles are recorded for whole steps; without them each asset is named by its place.
  const isPartial = walked.isPartial && roles.length > 0;
  const outside = sources.filter(({ kind }) => kind === "asset");
  const inside = roles.length > 0 ? roles : sources.filter(({ kind }) => kind === "step");
  const known = new Set(inside.map((source) => (source.kind === "step" ? source.index : -1)));
  // A step that never began has no inputs, but knows whom it waited for.
  const missing = (named ?? []).filter((from) => !known.has(from));
  return { sources: [...inside, ...[...new Set(missing)].map((from) => fromStep(from)), ...outside], isPartial };
}

/** Goes through the recorded inputs: all assets of one step in a row are one input. */
function walkInputs(
  steps: readonly Step[],
  inputs: readonly Asset[],
  makerOf: (asset: Asset) => number | undefined,
): StepSources {
  const sources: InputSource[] = [];
  let isPartial = false;
  for (let position = 0; position < inputs.length; ) {
    const asset = inputs[position];
    if (asset === undefined) break;
    const maker = makerOf(asset);
    const made = maker === undefined ? [] : (steps[maker]?.assets ?? []);
    const isWhole = made.length > 0 && made.every((each, offset) => isSame(each, inputs[position + offset]));
    if (maker === undefined) sources.push({ kind: "asset", asset });
    else if (isWhole) sources.push(fromStep(maker));
    else sources.push(fromStep(maker, undefined, placeOf(made, asset)));
    isPartial ||= maker !== undefined && !isWhole;
    position += isWhole ? made.length : 1;
  }
  return { sources, isPartial };
}

function fromStep(index: number, role?: string, place?: number): InputSource & { readonly kind: "step" } {
  return { kind: "step", index, role, place };
}

function placeOf(made: readonly Asset[], input: Asset): number | undefined {
  const place = made.findIndex((each) => isSame(each, input));
  return place === -1 ? undefined : place;
}

function isSame(made: Asset, input: Asset | undefined): boolean {
  if (input === undefined) return false;
  return made.assetId === input.assetId || (made.sha256 !== null && made.sha256 === input.sha256);
}

function readRoles(value: JsonValue | undefined): readonly (InputSource & { readonly kind: "step" })[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry) =>
    isObject(entry) && typeof entry.role === "string" && typeof entry.from === "number"
      ? [fromStep(entry.from, entry.role)]
      : [],
  );
}

function groupMakers(
  steps: readonly Step[],
  keyOf: (asset: Asset) => string | null,
): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  for (const [index, { assets }] of steps.entries()) {
    for (const asset of assets) {
      const key = keyOf(asset);
      if (key === null) continue;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [index]);
      else if (group.at(-1) !== index) group.push(index);
    }
  }
  return groups;
}

function inList(list: readonly number[]): (entry: number) => boolean {
  return (entry) => list.includes(entry);
}
