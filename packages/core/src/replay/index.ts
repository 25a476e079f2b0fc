export { describeDiff } from "../diff/describe-diff.js";
export { diffManifests, type FieldDifference, type ManifestDiff } from "../diff/diff-manifests.js";
export { describeLineage } from "../lineage/describe-lineage.js";
export { type LineageOptions, lineage } from "../lineage/lineage.js";
export type {
  Fork,
  Lineage,
  LineageEdge,
  LineageNode,
  MissingParent,
  SharedAsset,
  UnreadableManifest,
} from "../lineage/lineage-facts.js";
export type { Providers } from "./match-provider.js";
export { type Replay, type ReplayRunOptions, replay } from "./replay.js";
export type { NotReplayed, ReplayChange, StepOverride } from "./replay-facts.js";
export type { ReplayOptions } from "./replay-options.js";
