import { assertKnownOptions, GenblazeError } from "@genblaze/core/provider";
import type { JobVendorOptions } from "./start-job-vendor.js";

const KNOWN = [
  "kind",
  "jobPolls",
  "jobMs",
  "pollAfterMs",
  "apiKey",
  "faults",
  "clock",
] as const satisfies readonly (keyof JobVendorOptions)[];
const KINDS = ["idempotent", "listing", "plain"];

/** INVALID_OPTION for the first option of a vendor that is unknown or wrong. */
export function checkVendorOptions(options: JobVendorOptions): void {
  assertKnownOptions(options, KNOWN, "startJobVendor(options)");
  const { kind, jobPolls = 1, jobMs = 0, pollAfterMs = 0, apiKey = "key", faults, clock } = options;
  if (!KINDS.includes(kind)) throw wrong("kind", `one of ${KINDS.join(", ")}`, kind);
  if (!Number.isSafeInteger(jobPolls) || jobPolls < 1) throw wrong("jobPolls", "a whole number from 1", jobPolls);
  if (!(jobMs >= 0)) throw wrong("jobMs", "milliseconds from 0", jobMs);
  if (!(pollAfterMs >= 0)) throw wrong("pollAfterMs", "milliseconds from 0", pollAfterMs);
  // Never shown: somebody may give a real one.
  if (!/^\S+$/.test(apiKey)) throw wrong("apiKey", "a word without blanks", typeof apiKey);
  if (faults !== undefined && typeof faults !== "function") throw wrong("faults", "a function", typeof faults);
  if (clock !== undefined && typeof clock.now !== "function") throw wrong("clock", "a clock", typeof clock);
}

function wrong(option: string, expected: string, came: unknown): GenblazeError {
  const message = `startJobVendor(options): option "${option}": ${expected} is expected; ${JSON.stringify(came)} was given.`;
  return new GenblazeError("INVALID_OPTION", message);
}
