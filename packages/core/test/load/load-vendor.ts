// The vendor of `scripts/bench/load.mjs` in a process of its own, so that its memory and work are not those of the runs.
// Arguments: how long a job takes, and after how many milliseconds to look again. It says its address to its parent, and
// on any message how its slots were used.
import { startJobVendor } from "../../../fakes/src/index.js";
import { slotShares } from "./slot-shares.js";

/** The run that takes all slots before those come whose shares are of interest. */
const FIRST = "first";

const [jobMs = 0, pollAfterMs = 0] = process.argv.slice(2).map(Number);
const vendor = await startJobVendor({ kind: "idempotent", jobMs, pollAfterMs });

process.on("message", () => {
  const rows = vendor.ledger();
  const uses = rows.map(({ node, soldAt, endedAt = soldAt }) => {
    return { run: node.split("/", 1).join(""), beganAt: soldAt, endedAt };
  });
  const shares = [...slotShares(uses.filter(({ run }) => run !== FIRST)).shares.values()];
  process.send?.({
    jobs: rows.filter(({ state }) => state === "succeeded").length,
    most: slotShares(uses).most,
    least: Math.min(...shares),
    largest: Math.max(...shares),
    paidTwice: vendor.paidTwice().length,
  });
});
process.on("disconnect", () => process.exit());
process.send?.({ baseUrl: vendor.baseUrl });
