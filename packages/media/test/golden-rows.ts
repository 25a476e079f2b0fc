import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A row of `golden/index.json`. */
export interface EmbedRow {
  readonly id: string;
  readonly mime: string;
  readonly original: string;
  readonly embedded: string;
  readonly manifest: string;
  readonly expect: {
    readonly original_extract?: string;
    readonly original_extract_error?: string;
    readonly extract: "ok" | "error";
    readonly canonical_hash?: string;
    readonly embedded_sha256: string;
  };
}

/** A row of `golden/bad.json`. */
export interface BadRow {
  readonly id: string;
  readonly file: string;
  readonly mime: string;
  readonly expect: {
    readonly extract: "ok" | "error";
    readonly canonical_hash?: string;
    readonly hash_ok?: boolean;
    readonly ok?: boolean;
  };
}

/** A row of `golden/sidecars.json`. */
export interface SidecarRow {
  readonly id: string;
  readonly media: string;
  readonly manifest: string;
  readonly policy: string | null;
  readonly manifest_uri?: string;
  readonly sidecar_name: string;
  readonly sidecar_file: string;
  readonly sidecar_sha256: string;
  readonly extract: { readonly canonical_hash: string; readonly verify?: boolean; readonly manifest_uri?: string };
}

// The three files are our own copies, so their shape is known.
const allRows = JSON.parse(goldenText("index.json")) as readonly (EmbedRow & { readonly embedded?: string })[];
export const embedRows: readonly EmbedRow[] = allRows.filter(({ embedded }) => embedded !== undefined);
/** Rows in which Python cannot embed. */
export const refusedRows: readonly Omit<EmbedRow, "embedded">[] = allRows.filter((row) => row.embedded === undefined);
export const badRows = JSON.parse(goldenText("bad.json")) as readonly BadRow[];
export const sidecarRows = JSON.parse(goldenText("sidecars.json")) as readonly SidecarRow[];

/** Where a golden file lies. */
export function goldenPath(name: string): string {
  return fileURLToPath(new URL(`golden/${name}`, import.meta.url));
}

/** The bytes of a golden file. */
export function goldenBytes(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(goldenPath(name)));
}

/** The text of a golden file. */
export function goldenText(name: string): string {
  return readFileSync(goldenPath(name), "utf8");
}
