import { canonicalJson } from "../json/canonical-json.js";
import type { JsonInput } from "../json/json-input.js";
import type { JsonValue } from "../json/json-value.js";
import type { Manifest } from "../manifest/manifest.js";
import { stepNames } from "../replay/step-names.js";
import { compareValues, type ValueDifference } from "./compare-values.js";
import { isHidden } from "./is-hidden.js";
import { PRIVATE } from "./show.js";
import { hasPath, listOf, objectOf, toPlain, toWire } from "./wire-values.js";

/** A field in which two manifests differ. */
export interface FieldDifference {
  /** Name of the step; `null` for a field of the run or of the manifest. */
  readonly step: string | null;
  /** Wire names with dots between: `model`, `params.seed`, `assets.0.sha256`. */
  readonly field: string;
  /** Absent when the left one has nothing there; `[private]` for what is not shown. */
  readonly left?: JsonValue;
  /** Absent when the right one has nothing there. */
  readonly right?: JsonValue;
}

/** In what two manifests differ. */
export interface ManifestDiff {
  /** Whether all hashed facts are the same. */
  readonly isSame: boolean;
  readonly leftHash: string;
  readonly rightHash: string;
  /** Names of steps that only one has. */
  readonly onlyLeft: readonly string[];
  readonly onlyRight: readonly string[];
  /** Differences in what the manifest hash covers. */
  readonly hashed: readonly FieldDifference[];
  /** Differences in ids, times, addresses and the like. */
  readonly unhashed: readonly FieldDifference[];
}

interface Found {
  readonly isHashed: boolean;
  readonly difference: FieldDifference;
}

/**
 * Compares two manifests, steps by their names. Private values are compared where the manifests hold them and never
 * shown; commitments and encrypted texts differ between runs even for the same value.
 *
 * Errors: MANIFEST_INVALID for content that cannot be written.
 *
 * @example
 * const { hashed } = diffManifests(before, after);
 * for (const { step, field, left, right } of hashed) console.log(step, field, left, right);
 */
export function diffManifests(left: Manifest, right: Manifest): ManifestDiff {
  const [leftWire, rightWire] = toWire(left, right);
  const leftNames = stepNames(left.run.steps);
  const rightNames = stepNames(right.run.steps);
  const found = [
    ...compareOwners(null, headOf(leftWire.full), headOf(rightWire.full), [
      headOf(leftWire.hashed),
      headOf(rightWire.hashed),
    ]),
    ...compareOrder(leftNames, rightNames),
    ...leftNames.flatMap((name, index) => {
      const other = rightNames.indexOf(name);
      if (other === -1) return [];
      const hashed = [stepOf(leftWire.hashed, index), stepOf(rightWire.hashed, other)];
      return compareOwners(name, stepOf(leftWire.full, index), stepOf(rightWire.full, other), hashed);
    }),
  ];
  const hashed = found.filter(({ isHashed }) => isHashed).map(({ difference }) => difference);
  return {
    isSame: hashed.length === 0,
    leftHash: left.canonicalHash,
    rightHash: right.canonicalHash,
    onlyLeft: leftNames.filter((name) => !rightNames.includes(name)),
    onlyRight: rightNames.filter((name) => !leftNames.includes(name)),
    hashed,
    unhashed: found.filter(({ isHashed }) => !isHashed).map(({ difference }) => difference),
  };
}

function compareOwners(
  step: string | null,
  left: JsonInput | undefined,
  right: JsonInput | undefined,
  hashed: readonly (JsonInput | undefined)[],
): readonly Found[] {
  return compareValues(left, right).map((found) => ({
    isHashed: hashed.some((payload) => hasPath(payload, found.path)),
    difference: { step, field: found.path.join("."), ...sidesOf(found, left, right) },
  }));
}

/** The two values as they may be shown. */
function sidesOf(
  { path, left, right }: ValueDifference,
  leftOwner: JsonInput | undefined,
  rightOwner: JsonInput | undefined,
): Pick<FieldDifference, "left" | "right"> {
  // 5 and 5.0 look alike as numbers.
  const looksAlike =
    left !== undefined && right !== undefined && JSON.stringify(toPlain(left)) === JSON.stringify(toPlain(right));
  const show = (value: JsonInput, owner: JsonInput | undefined) => {
    if (isHidden(owner, path)) return PRIVATE;
    return looksAlike ? canonicalJson(value) : toPlain(value);
  };
  return {
    ...(left === undefined ? {} : { left: show(left, leftOwner) }),
    ...(right === undefined ? {} : { right: show(right, rightOwner) }),
  };
}

function compareOrder(left: readonly string[], right: readonly string[]): readonly Found[] {
  if (left.length === right.length && left.every((name, index) => name === right[index])) return [];
  return [{ isHashed: true, difference: { step: null, field: "steps", left: [...left], right: [...right] } }];
}

/** What is no step: the fields of the run beside those of the manifest, whose names are others. */
function headOf(wire: JsonInput): JsonInput {
  const { run, ...manifest } = objectOf(wire);
  const { steps, ...fields } = objectOf(run);
  return { ...manifest, ...fields };
}

function stepOf(wire: JsonInput, index: number): JsonInput | undefined {
  return listOf(objectOf(objectOf(wire).run).steps)[index];
}
