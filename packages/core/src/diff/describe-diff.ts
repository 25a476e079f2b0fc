import type { FieldDifference, ManifestDiff } from "./diff-manifests.js";
import { showText, showValue } from "./show.js";

/** A diff as lines for people, long values shortened. */
export function describeDiff({
  isSame,
  leftHash,
  rightHash,
  onlyLeft,
  onlyRight,
  hashed,
  unhashed,
}: ManifestDiff): string {
  const verdict = isSame ? "the same hashed facts" : `${hashed.length} hashed facts differ`;
  return [
    `${showText(leftHash)} and ${showText(rightHash)}: ${verdict}`,
    ...onlyLeft.map((name) => `  step ${showText(name)} is only on the left`),
    ...onlyRight.map((name) => `  step ${showText(name)} is only on the right`),
    ...hashed.map(describe),
    ...(unhashed.length === 0 ? [] : ["  not hashed:"]),
    ...unhashed.map((difference) => `  ${describe(difference)}`),
  ].join("\n");
}

function describe({ step, field, left, right }: FieldDifference): string {
  return `  ${showText(step ?? "run")} ${showText(field)}: ${showValue(left)} -> ${showValue(right)}`;
}
