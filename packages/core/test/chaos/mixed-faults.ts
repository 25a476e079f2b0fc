import { createHash } from "node:crypto";
import { createRandom } from "../../../contract/src/mutate.js";
import { type Fault, JOB_FAULTS, type VendorCall } from "../../../fakes/src/index.js";

/** Of how many calls one goes wrong. */
const ONE_OF = 7;
/** Of those that hang, since each costs the time limit of a turn. */
const ONE_HANG_OF = 6;

const FAULTS = Object.entries(JOB_FAULTS).flatMap(([name, fault]: [string, Fault]) =>
  // A run that waits for a job without an end does not come to one.
  name === "neverEnds" ? [] : [fault],
);

/**
 * What goes wrong with a call, by chance: the same for the same seed, run, work, operation and number, in whatever order
 * calls come in.
 */
export function mixedFault(seed: number, { operation, nth, node, request }: VendorCall): Fault | undefined {
  const run = node.split("/", 1).join("");
  const call = JSON.stringify([seed, run, operation, nth, request?.model, request?.prompt]);
  const random = createRandom(createHash("sha256").update(call).digest().readUInt32LE());
  if (random() * ONE_OF >= 1) return undefined;
  const fault = FAULTS[Math.floor(random() * FAULTS.length)];
  if (fault === undefined || (isHang(fault) && random() * ONE_HANG_OF >= 1)) return undefined;
  // Only what is submitted can end badly later.
  return fault.kind === "fate" && operation !== "submit" ? undefined : fault;
}

function isHang(fault: Fault): boolean {
  return fault.kind === "hang" || (fault.kind === "body" && fault.body === "stuck");
}
