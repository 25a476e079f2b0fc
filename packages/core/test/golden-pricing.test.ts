import { describe, expect, it } from "vitest";
import type { JsonObject } from "../src/json/json-value.js";
import { createAsset } from "../src/manifest/create-model.js";
import {
  bucketedByDuration,
  byModelAndParam,
  byParam,
  firstMatch,
  type ParamValue,
  type PricingContext,
  type PricingStrategy,
  perInputChars,
  perOutputSecond,
  perUnit,
  priceCall,
} from "../src/pricing/index.js";
import { readRows } from "./support/golden.js";

type GoldenStrategy =
  | { readonly kind: "per_unit" | "per_output_second"; readonly rate: number }
  | { readonly kind: "per_input_chars"; readonly rate: number; readonly per: number }
  | { readonly kind: "bucketed_by_duration"; readonly buckets: readonly [readonly [number, number], number][] }
  | {
      readonly kind: "by_param";
      readonly param: string;
      readonly table: readonly [ParamValue, number][];
      readonly default: number | null;
      readonly per_output: boolean;
    }
  | {
      readonly kind: "by_model_and_param";
      readonly param: string;
      readonly table: readonly [string, ParamValue, number][];
      readonly per_output: boolean;
    }
  | { readonly kind: "first_match"; readonly of: readonly GoldenStrategy[] };

interface GoldenContext {
  readonly prompt?: string | null;
  readonly model?: string;
  readonly params?: JsonObject | null;
  /** The duration of each asset. */
  readonly durs?: readonly (number | null)[];
  readonly inputs?: readonly { readonly metadata: JsonObject }[];
}

interface PricingRow {
  readonly id: string;
  readonly strategy: GoldenStrategy;
  readonly context: GoldenContext;
  /** Dollars; null for an unknown price. */
  readonly value: number | null;
}

const rows = readRows<PricingRow>("pricing.jsonl");

describe("golden prices", () => {
  it("has all 81 rows", () => {
    expect(rows).toHaveLength(81);
  });

  it.each(rows)("$id: is Python's price to the last bit", ({ strategy, context, value }) => {
    expect(priceCall(toStrategy(strategy), toContext(context)).usd).toBe(value);
  });

  it.each(rows.filter(({ value }) => value === null))("$id: says why the price is unknown", (row) => {
    expect(priceCall(toStrategy(row.strategy), toContext(row.context))).toEqual({
      usd: null,
      reason: expect.stringMatching(/^(no |there is no prompt|params\.\w+ has no price|the price table has no model)/),
    });
  });
});

function toStrategy(golden: GoldenStrategy): PricingStrategy {
  switch (golden.kind) {
    case "per_unit":
      return perUnit(golden.rate);
    case "per_output_second":
      return perOutputSecond(golden.rate);
    case "per_input_chars":
      return perInputChars(golden.rate, golden.per);
    case "bucketed_by_duration":
      return bucketedByDuration(
        golden.buckets.map(([[fromSeconds, belowSeconds], usd]) => ({ fromSeconds, belowSeconds, usd })),
      );
    case "by_param":
      return byParam(golden.param, golden.table, {
        perOutput: golden.per_output,
        ...(golden.default === null ? {} : { otherwiseUsd: golden.default }),
      });
    case "by_model_and_param":
      return byModelAndParam(golden.param, tablesOf(golden.table), { perOutput: golden.per_output });
    case "first_match":
      return firstMatch(...golden.of.map(toStrategy));
  }
}

function tablesOf(lines: readonly [string, ParamValue, number][]) {
  const tables: Record<string, [ParamValue, number][]> = {};
  for (const [model, value, usd] of lines) tables[model] = [...(tables[model] ?? []), [value, usd]];
  return tables;
}

function toContext({ prompt, model = "m", params, durs = [], inputs = [] }: GoldenContext): PricingContext {
  return {
    provider: "p",
    model,
    prompt: prompt ?? undefined,
    params: params ?? {},
    inputs: inputs.map(({ metadata }) => createAsset({ assetId: "a", url: "u", mediaType: "text/plain", metadata })),
    assets: durs.map((duration) => createAsset({ assetId: "a", url: "u", mediaType: "video/mp4", duration })),
    payload: {},
  };
}
