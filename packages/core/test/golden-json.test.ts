import { describe, expect, it } from "vitest";
import { canonicalizeJson, hashJson } from "../src/json/canonicalize-json.js";
import { codesFor, type GoldenError, readRows, thrownCode } from "./support/golden.js";

interface CanonicalRow {
  readonly id: string;
  readonly tag: string;
  readonly input: string;
  readonly canonical?: string | null;
  readonly sha256?: string | null;
  readonly parse_error?: GoldenError;
  readonly error?: GoldenError;
  readonly hash_error?: GoldenError;
}

describe("canonical JSON of the Python library", () => {
  const rows = readRows<CanonicalRow>("canonical.jsonl");
  const printed = rows.filter((row) => typeof row.canonical === "string");
  const refused = rows.filter((row) => (row.parse_error ?? row.error) !== undefined);

  it("is all there", () => {
    expect([rows.length, printed.length, refused.length]).toEqual([493, 476, 17]);
  });

  it.each(printed)("$id ($tag) has Python's text and hash", (row) => {
    expect(canonicalizeJson(row.input)).toBe(row.canonical);
    if (row.hash_error === undefined) expect(hashJson(row.input)).toBe(row.sha256);
    else expect(codesFor(row.hash_error)).toContain(thrownCode(() => hashJson(row.input)));
  });

  it.each(refused)("$id ($tag) is refused", (row) => {
    expect(codesFor(row.parse_error ?? row.error ?? { kind: "" })).toContain(
      thrownCode(() => canonicalizeJson(row.input)),
    );
  });
});
