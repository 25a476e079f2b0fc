import { GenblazeError } from "../errors/genblaze-error.js";
import { canonicalJson } from "../json/canonical-json.js";
import type { Manifest } from "./manifest.js";
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

/**
 * The text to embed: the manifest, or a pointer to it. A function and no method of the manifest, so that pages which
 * only verify do not carry it.
 *
 * @throws GenblazeError `POLICY_REFUSED`, `MANIFEST_VERSION_UNSUPPORTED`
 */
export function toEmbedJson(manifest: Manifest, policy: EmbedPolicy = {}): string {
  const full = manifest.toCanonicalJson();
  if (policy.embedMode === "pointer") return toPointerJson(manifest);
  const redaction = findRedaction(policy);
  if (redaction === undefined) return full;
  throw new GenblazeError(
    "POLICY_REFUSED",
    `The embed policy asks for ${redaction}, but a manifest without that no longer fits its hash. ` +
      'Use embedMode: "pointer", or embed the full manifest.',
    { details: { option: redaction } },
  );
}

function toPointerJson(manifest: Manifest): string {
  const { manifestUri, schemaVersion } = manifest;
  if (manifestUri === null || manifestUri === "") {
    throw new GenblazeError(
      "POLICY_REFUSED",
      "The embed policy asks for a pointer, but the manifest has no manifestUri. Store the manifest first.",
    );
  }
  const hash = manifest.canonicalHash === "" ? manifest.computeHash() : manifest.canonicalHash;
  return canonicalJson({ canonical_hash: hash, manifest_uri: manifestUri, schema_version: schemaVersion });
}

/** The option of a policy that would change what is hashed, or undefined. */
function findRedaction(policy: EmbedPolicy): string | undefined {
  if (policy.promptVisibility === "private") return "promptVisibility: private";
  if (policy.includeParams === false) return "includeParams: false";
  return policy.includeSeed === false ? "includeSeed: false" : undefined;
}
