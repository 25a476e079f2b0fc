import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../test/thrown.js";
import { assertTenant, assetKey, guessExtension, joinKey, type KeyLayout, manifestKey } from "./keys.js";

/** The arguments of all kinds of rows; each row has those of its kind. */
interface GoldenArgs {
  readonly prefix: string;
  readonly segments: readonly string[];
  readonly url: string;
  readonly content_type: string | null;
  readonly strategy: string;
  readonly sha256: string;
  readonly asset_id: string;
  readonly ext: string;
  readonly tenant: string | null;
  readonly tenant_id: string | null;
  readonly date: string | null;
  readonly run_id: string;
  readonly created_at: string;
}

interface GoldenRow {
  readonly id: string;
  readonly kind: string;
  readonly args: GoldenArgs;
  readonly value: string;
}

const rows = readFileSync(new URL("../../test/golden/keys.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line): GoldenRow => JSON.parse(line));

function rowsOf(...kinds: readonly string[]): readonly GoldenRow[] {
  return rows.filter((row) => kinds.includes(row.kind));
}

function layoutOf(strategy: string): KeyLayout {
  return strategy === "hierarchical" ? "by-run" : "content-addressed";
}

describe("storage keys equal those of the Python library", () => {
  it("joins keys (26 rows)", () => {
    const golden = rowsOf("key_builder.build", "key_builder.append");
    expect(golden).toHaveLength(26);
    for (const { id, args, value } of golden) expect(joinKey(args.prefix, args.segments), id).toBe(value);
  });

  it("guesses extensions (22 rows)", () => {
    const golden = rowsOf("guess_extension");
    expect(golden).toHaveLength(22);
    for (const { id, args, value } of golden) expect(guessExtension(args.url, args.content_type), id).toBe(value);
  });

  it("builds asset keys in both layouts (100 rows)", () => {
    const golden = rowsOf("asset_key");
    expect(golden).toHaveLength(100);
    for (const { id, args, value } of golden) {
      const {
        strategy,
        prefix,
        sha256,
        asset_id: assetId,
        ext: extension,
        tenant: tenantId,
        date,
        run_id: runId,
      } = args;
      expect(
        assetKey({ layout: layoutOf(strategy), prefix, sha256, assetId, extension, tenantId, date, runId }),
        id,
      ).toBe(value);
    }
  });

  it("builds manifest keys in both layouts (33 rows)", () => {
    const golden = rowsOf("manifest_key");
    expect(golden).toHaveLength(33);
    for (const { id, args, value } of golden) {
      const { strategy, prefix, run_id: runId, tenant_id: tenantId, created_at: createdAt } = args;
      expect(manifestKey({ layout: layoutOf(strategy), prefix, runId, tenantId, createdAt }), id).toBe(value);
    }
  });

  it("refuses a tenant that would leave its folder, which the Python library lets through", () => {
    expect(codeOf(() => assertTenant("a/../b"))).toBe("STORAGE_KEY_INVALID");
    expect(codeOf(() => assertTenant(".."))).toBe("STORAGE_KEY_INVALID");
    expect(() => assertTenant("a/b..c")).not.toThrow();
  });
});
