import type { PromptVisibility } from "./model.js";

/** What of a manifest goes into a media file or a sidecar. */
export interface EmbedPolicy {
  /** `private` is refused: leaving the prompt out would break the hash. @default "public" */
  readonly promptVisibility?: PromptVisibility;
  /** `pointer` writes only where the manifest is stored; `none` is for the embedder, which then writes nothing. @default "full" */
  readonly embedMode?: "full" | "pointer" | "none";
  /** `false` is refused: leaving the params out would break the hash. @default true */
  readonly includeParams?: boolean;
  /** `false` is refused: leaving the seed out would break the hash. @default true */
  readonly includeSeed?: boolean;
}

/** The option of a policy that would change what is hashed, or undefined. */
export function findRedaction(policy: EmbedPolicy): string | undefined {
  if (policy.promptVisibility === "private") return "promptVisibility: private";
  if (policy.includeParams === false) return "includeParams: false";
  return policy.includeSeed === false ? "includeSeed: false" : undefined;
}
