import type { JsonValue } from "../json/json-value.js";
import type { Run, Step } from "../manifest/model.js";
import { type Cost, unknownCost } from "./cost.js";

/** What one step of a recorded run cost, and whose it was. */
export interface RecordedCost {
  readonly runId: string;
  readonly tenantId: string | null;
  readonly projectId: string | null;
  /** The day on which its run began, in UTC: `2026-01-15`. */
  readonly day: string;
  readonly provider: string | null;
  readonly model: string;
  readonly cost: Cost;
}

/**
 * The costs of recorded runs, of this process or out of manifests, step by step, for {@link totalCostBy}. Only steps
 * that began cost something; nodes cost what those inside them cost, and these are in the list themselves.
 *
 * @example
 * const perDay = totalCostBy(recordedCosts(runs), ({ tenantId, day }) => `${tenantId} ${day}`, ({ cost }) => cost);
 */
export function recordedCosts(runs: Iterable<Run>): readonly RecordedCost[] {
  return Array.from(runs).flatMap((run) => {
    const { runId, tenantId, projectId } = run;
    const day = (run.startedAt ?? run.createdAt).slice(0, 10);
    const begun = run.steps.filter(({ startedAt, provider }) => startedAt !== null && provider !== "genblaze");
    return begun.map((step) => {
      const { provider, model } = step;
      return { runId, tenantId, projectId, day, provider, model, cost: costOf(step) };
    });
  });
}

function costOf({ costUsd, providerPayload: { billed, cost_unknown: reason } }: Step): Cost {
  if (costUsd === null) return unknownCost(typeof reason === "string" ? reason : "the manifest records no cost");
  const { unit, quantity } = isBilled(billed) ? billed : { unit: "request", quantity: 1 };
  return { usd: costUsd, unit, quantity };
}

function isBilled(
  value: JsonValue | undefined,
): value is { readonly unit: string; readonly quantity: number } & Readonly<Record<string, JsonValue>> {
  if (typeof value !== "object" || value === null || !("unit" in value) || !("quantity" in value)) return false;
  return typeof value.unit === "string" && typeof value.quantity === "number";
}
