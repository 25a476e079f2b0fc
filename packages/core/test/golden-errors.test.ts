import { describe, expect, it } from "vitest";
import { sanitizeErrorText } from "../src/errors/sanitize-error-text.js";
import { Pipeline } from "../src/pipeline/pipeline.js";
import { image } from "./run-support.js";
import { readRows } from "./support/golden.js";
import { codeOf, messageOf } from "./thrown.js";

interface ErrorRow {
  readonly id: string;
  readonly kind: "sanitize_error" | "normalize_tenant_id";
  readonly input: string | null;
  readonly value: string | null;
  readonly rejected_as_param?: boolean;
}

const rows = readRows<ErrorRow>("errors.jsonl");
const texts = rows.filter(({ kind }) => kind === "sanitize_error");
const tenants = rows.filter(({ kind }) => kind === "normalize_tenant_id");

describe("golden error texts", () => {
  it("has all 19 rows", () => {
    expect(texts).toHaveLength(19);
  });

  it.each(texts)("$id: records the text that Python records", ({ input, value }) => {
    expect(sanitizeErrorText(input ?? "")).toBe(value);
  });

  it.each(texts)("$id: refuses a secret as a parameter, naming the place and not the value", (row) => {
    const build = () => new Pipeline("p").step(image, { model: "m", params: { deep: [{ text: row.input ?? "" }] } });
    if (row.rejected_as_param !== true) {
      expect(build().definition.steps).toHaveLength(1);
      return;
    }
    expect(codeOf(build)).toBe("INVALID_OPTION");
    expect(messageOf(build)).toContain('"params.deep.0.text"');
    expect(messageOf(build)).not.toContain(row.input);
  });
});

describe("golden tenant ids", () => {
  it("has all 5 rows", () => {
    expect(tenants).toHaveLength(5);
  });

  it.each(tenants)("$id: keeps the tenant that Python keeps", ({ input, value }) => {
    const { definition } = input === null ? new Pipeline("p") : new Pipeline("p", { tenantId: input });
    expect(definition.tenantId ?? null).toBe(value);
  });

  it("refuses a blank tenant, which Python takes for none", () => {
    expect(codeOf(() => new Pipeline("p", { tenantId: " \t" }))).toBe("INVALID_OPTION");
  });
});
