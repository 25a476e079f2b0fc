import { afterEach, describe, expect, it } from "vitest";
import { type JobVendor, startJobVendor, type VendorKind } from "../../../fakes/src/index.js";
import { JOBS_OF_RUN, pipeline } from "./crash-graph.js";

const open: JobVendor[] = [];
afterEach(async () => {
  for (const vendor of open.splice(0)) await vendor.close();
});

describe("the graph of the crash test", () => {
  it.each<VendorKind>(["idempotent", "listing", "plain"])(
    "buys ten jobs of a vendor of the kind %s, hashes two runs equal, and uses all it bought",
    async (kind) => {
      const vendor = await startJobVendor({ kind, pollAfterMs: 1 });
      open.push(vendor);
      const results = [await pipeline(vendor.baseUrl, kind).run(), await pipeline(vendor.baseUrl, kind).run()];
      const [first, second] = results;
      expect(first?.manifest.canonicalHash).toBe(second?.manifest.canonicalHash);
      const ledger = vendor.ledger();
      expect(ledger).toHaveLength(2 * JOBS_OF_RUN);
      expect(new Set(ledger.map(({ node }) => node)).size).toBe(2 * JOBS_OF_RUN);
      expect(vendor.paidTwice()).toEqual([]);
      const made = first?.run.steps.flatMap(({ assets }) => assets.map(({ sha256 }) => sha256)) ?? [];
      const bought = ledger.slice(0, JOBS_OF_RUN).map(({ sha256 }) => sha256);
      expect(bought.filter((sha256) => !made.includes(sha256))).toEqual([]);
    },
  );
});
