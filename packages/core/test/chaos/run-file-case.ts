import { createJobProvider, JOB_FAULTS, startJobVendor } from "../../../fakes/src/index.js";
import { guardedDownload } from "../../src/download/download.js";
import { createRuntime, Pipeline } from "../../src/index.js";
import { verifyManifest } from "../../src/verify/index.js";
import type { ChaosVerdict } from "./chaos-case.js";
import { countPaidTwice } from "./run-chaos-case.js";
import { createCountedClock, findLeaks } from "./watch-leaks.js";

/** What goes wrong when a film is fetched from its address, and what verifying its bytes must say then. */
export interface FileCase {
  readonly name: keyof typeof JOB_FAULTS;
  readonly verdict: "differs" | "not checked";
}

/** Answers that end well and hold other bytes. */
const OTHER_BYTES = ["halfBodyTaken", "tooShortTaken", "malformedTaken", "htmlTaken", "emptyTaken"] as const;
const NO_BYTES = [
  "tooManyRequestsSeconds",
  "serverError",
  "unavailable",
  "resetBefore",
  "resetTaken",
  "resetAmidTaken",
  "tooLongTaken",
  "hang",
  "hangAmidTaken",
] as const;

/** Faults of the fetch of a result. Bytes that are not those of the job are never taken for them. */
export function fileCases(): readonly FileCase[] {
  return [
    ...OTHER_BYTES.map((name) => ({ name, verdict: "differs" as const })),
    ...NO_BYTES.map((name) => ({ name, verdict: "not checked" as const })),
  ];
}

const SILENCE_MS = 500;
const LONGEST_MS = 10_000;

/** Has a film made, fetches it while its address fails, and again when that is over. */
export async function runFileCase({ name, verdict }: FileCase): Promise<ChaosVerdict> {
  let isCalm = false;
  const kind = "plain";
  const vendor = await startJobVendor({
    kind,
    jobPolls: 1,
    pollAfterMs: 5,
    faults: ({ operation }) => (operation === "file" && !isCalm ? JOB_FAULTS[name] : undefined),
  });
  const begunMs = performance.now();
  const clock = createCountedClock();
  const { signal } = new AbortController();
  try {
    const provider = createJobProvider({ baseUrl: vendor.baseUrl, name: "jobs", kind, yields: "video" });
    const pipeline = new Pipeline("film").step(provider, { model: "filmer", prompt: "a boat" });
    const { manifest } = await pipeline.run({ runtime: createRuntime({ clock }), signal });
    const fetch = guardedDownload({ allowLoopback: true, silenceMs: SILENCE_MS, timeoutMs: LONGEST_MS });
    const verdictNow = async () => (await verifyManifest(manifest, { fetch, signal })).bytes.verdict;
    const first = await verdictNow();
    const leaked = await findLeaks({ clock, signal, vendor });
    isCalm = true;
    const second = await verdictNow();
    const wrong = [
      ...(first === verdict ? [] : [`its bytes: "${verdict}" was to come, "${first}" came`]),
      ...(second === "matches" ? [] : [`fetched again, its bytes: "matches" was to come, "${second}" came`]),
    ];
    const elapsedMs = performance.now() - begunMs;
    return { name, kind, phase: "file", elapsedMs, wrong, leaked, paidTwice: countPaidTwice(vendor) };
  } finally {
    await vendor.close();
  }
}
