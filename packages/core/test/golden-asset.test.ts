import { describe, expect, it } from "vitest";
import {
  type AssetProvenanceKey,
  assetProvenanceKey,
  compareAssetProvenanceKeys,
} from "../src/manifest/asset-provenance-key.js";
import { stripAssetUrlCredentials } from "../src/manifest/asset-url.js";
import type { SchemaVersion } from "../src/manifest/manifest-schema.js";
import { codesFor, type GoldenError, readRows, thrownCode } from "./support/golden.js";

interface UrlRow {
  readonly id: string;
  readonly url: string;
  readonly value?: string;
  readonly error?: GoldenError;
}

describe("credential stripping of the Python library", () => {
  const rows = readRows<UrlRow>("urls.jsonl");

  it("is all there", () => {
    expect(rows).toHaveLength(50);
  });

  it.each(rows)("$id gives Python's URL", (row) => {
    if (row.error === undefined) expect(stripAssetUrlCredentials(row.url)).toBe(row.value);
    else expect(codesFor(row.error)).toContain(thrownCode(() => stripAssetUrlCredentials(row.url)));
  });
});

interface KeyRow {
  readonly id: string;
  readonly asset: string;
  readonly schema_version: SchemaVersion;
  readonly value: AssetProvenanceKey;
}

interface SortRow {
  readonly id: "sort";
  readonly assets: readonly string[];
  readonly schema_version: SchemaVersion;
  readonly order: readonly number[];
}

describe("provenance keys of the Python library", () => {
  const rows = readRows<KeyRow | SortRow>("provenance_keys.jsonl");
  const keys = rows.filter((row): row is KeyRow => "asset" in row);
  const sorts = rows.filter((row): row is SortRow => "order" in row);

  it("are all there", () => {
    expect([rows.length, keys.length, sorts.length]).toEqual([41, 40, 1]);
  });

  it.each(keys)("$id gives Python's key", (row) => {
    expect(assetProvenanceKey(row.asset, row.schema_version)).toEqual(row.value);
  });

  it.each(sorts)("$id gives Python's order", (row) => {
    const keyed = row.assets.map((asset, index) => ({ index, key: assetProvenanceKey(asset, row.schema_version) }));
    const sorted = keyed.sort((left, right) => compareAssetProvenanceKeys(left.key, right.key));
    expect(sorted.map(({ index }) => index)).toEqual(row.order);
  });
});
