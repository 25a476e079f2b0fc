import type { Verdict } from "../manifest/check-manifest.js";
import type { RunStatus } from "../manifest/model.js";

/** One stored run. */
export interface LineageNode {
  readonly runId: string;
  readonly name: string | null;
  readonly createdAt: string;
  readonly status: RunStatus;
  /** Key of its manifest. */
  readonly key: string;
  /** Further manifests of the same run. */
  readonly otherKeys: readonly string[];
  /** Whether the manifest is what was hashed. */
  readonly manifestHash: Verdict;
}

/** A run that was made from another one. */
export interface LineageEdge {
  readonly child: string;
  readonly parent: string;
}

/** A run that several runs were made from. */
export interface Fork {
  readonly parent: string;
  readonly children: readonly string[];
}

/** A parent that runs name and that the storage does not hold. */
export interface MissingParent {
  readonly runId: string;
  readonly children: readonly string[];
}

/** Bytes that stand in several runs. */
export interface SharedAsset {
  readonly sha256: string;
  /** The first run that has them as output; null when none has. */
  readonly madeBy: string | null;
  readonly usedBy: readonly { readonly runId: string; readonly as: "input" | "output" }[];
}

/** A key that holds no manifest that can be read. */
export interface UnreadableManifest {
  readonly key: string;
  readonly code: string;
  readonly message: string;
}

/** Which stored runs came from which. */
export interface Lineage {
  /** By time of creation. */
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  readonly forks: readonly Fork[];
  readonly missingParents: readonly MissingParent[];
  readonly sharedAssets: readonly SharedAsset[];
  readonly unreadable: readonly UnreadableManifest[];
  /** Whether there were more manifests than are read. */
  readonly isTruncated: boolean;
}
