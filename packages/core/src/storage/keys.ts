import { GenblazeError } from "../errors/genblaze-error.js";
import { extensionOfMediaType } from "../internal/media-types.js";

/** `content-addressed`: one place per content, shared by runs. `by-run`: a folder per run. */
export type KeyLayout = "content-addressed" | "by-run";

/** Joins a prefix and segments as the Python library does: empty parts are dropped, and a part that both ends the prefix and begins the segments stands once. */
export function joinKey(prefix: string, segments: readonly string[]): string {
  const left = parts(prefix);
  const right = segments.flatMap(parts);
  const isSameAtSeam = left.length > 0 && left.at(-1) === right[0];
  return [...left, ...(isSameAtSeam ? right.slice(1) : right)].join("/");
}

export interface AssetKeyFacts {
  readonly layout: KeyLayout;
  /** Prefix of all assets: `{prefix}/assets` or `{prefix}/runs`. */
  readonly prefix: string;
  readonly sha256: string;
  readonly assetId: string;
  /** With its dot, or empty. */
  readonly extension: string;
  readonly tenantId?: string | null;
  /** `YYYY-MM-DD`. */
  readonly date?: string | null;
  readonly runId?: string | null;
}

/** Key of an asset, equal to the Python library's. */
export function assetKey(facts: AssetKeyFacts): string {
  const { layout, prefix, sha256, assetId, extension } = facts;
  if (layout === "content-addressed") {
    return joinKey(prefix, [sha256.slice(0, 2), sha256.slice(2, 4), `${sha256}${extension.toLowerCase()}`]);
  }
  const folders = [facts.tenantId, facts.date, facts.runId].filter((part) => typeof part === "string");
  return joinKey(prefix, [...folders, "assets", `${assetId}${extension}`]);
}

export interface ManifestKeyFacts {
  readonly layout: KeyLayout;
  readonly prefix: string;
  readonly runId: string;
  readonly tenantId: string | null;
  /** ISO 8601; its date in its own offset is the folder. */
  readonly createdAt: string;
}

/** Key of a manifest, equal to the Python library's. */
export function manifestKey({ layout, prefix, runId, tenantId, createdAt }: ManifestKeyFacts): string {
  if (layout === "content-addressed") return joinKey(prefix, ["manifests", `${runId}.json`]);
  return joinKey(prefix, ["runs", tenantId ?? "", createdAt.slice(0, 10), runId, "manifest.json"]);
}

/** The file extension an asset's key gets: that of the URL's path, else the media type's, else none. */
export function guessExtension(url: string, mediaType: string | null): string {
  const path = url.replace(/[?#].*$/s, "").replace(/^[a-z][a-z0-9+.-]*:(\/\/[^/]*)?/i, "");
  const fileName = path.replace(/\/+$/, "").split("/").at(-1) ?? "";
  const dot = fileName.lastIndexOf(".");
  if (dot > 0 && dot < fileName.length - 1) return fileName.slice(dot);
  return mediaType === null ? "" : (extensionOfMediaType(mediaType.toLowerCase()) ?? "");
}

/** Whether a tenant id stays in its folder. */
export function isSafeTenant(tenantId: string): boolean {
  return !parts(tenantId).some((part) => part === "." || part === "..");
}

/** STORAGE_KEY_INVALID for a tenant id that would leave its folder; the Python library lets it through. */
export function assertTenant(tenantId: string): void {
  if (isSafeTenant(tenantId)) return;
  throw new GenblazeError(
    "STORAGE_KEY_INVALID",
    `The tenant id ${JSON.stringify(tenantId)} has a "." or ".." part, which no storage key may have.`,
  );
}

function parts(text: string): readonly string[] {
  return text.split("/").filter((part) => part !== "");
}
