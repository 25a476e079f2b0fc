// Many runs at once: 1,000 runs with a job each under way at a provider in the same process; the same over HTTP, at a
// vendor on loopback in another process, beside as many jobs by bare `fetch`; and twenty runs of 20 to 210 jobs that
// share 50 slots there. Each round has fresh processes.
import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../workspace.mjs";
import { median } from "./median.mjs";

const rounds = 3;

/** What a scene gives: the figures of its own process, and those of the vendor. */
async function round(scene, jobMs, pollAfterMs) {
  const vendor = fork(join(root, "packages/core/test/load/load-vendor.ts"), [String(jobMs), String(pollAfterMs)], {
    execArgv: ["--conditions=@genblaze/source", "--import", "tsx"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    cwd: root,
  });
  try {
    const [{ baseUrl }] = await once(vendor, "message");
    const program = join(root, "scripts/bench/load-scene.mjs");
    const { stdout } = await promisify(execFile)(process.execPath, [program, scene, baseUrl], { cwd: root });
    vendor.send("report");
    const [report] = await once(vendor, "message");
    return { ...JSON.parse(stdout), ...report };
  } finally {
    vendor.disconnect();
  }
}

async function play(scene, jobMs, pollAfterMs) {
  const played = [];
  for (let count = 0; count < rounds; count++) played.push(await round(scene, jobMs, pollAfterMs));
  return (figure) => median(played.map(figure));
}

const rssMb = (figures) => figures.rssMb;
const p99Ms = (figures) => figures.p99Ms;
const most = (figures) => figures.most;
const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`;

const memory = await play("memory", 5_000, 1_000);
const bare = await play("bare", 5_000, 1_000);
const flight = await play("flight", 5_000, 1_000);
const fair = await play("fair", 100, 20);
const jobs = `${flight(({ jobs }) => jobs)} jobs in ${seconds(flight(({ elapsedMs }) => elapsedMs))}, paid twice: ${flight(({ paidTwice }) => paidTwice)}`;
const besideBare = (figure) => `${(flight(figure) / bare(figure)).toFixed(2)} x bare`;
const shares = `${fair(({ least }) => least).toFixed(2)} to ${fair(({ largest }) => largest).toFixed(2)} of an equal share`;
const farOff = fair(({ least, largest }) => Math.max(1 - least, largest - 1) * 100);
const row = (what, measured, unit, goal, note = "") => ({ what, measured, unit, ...(goal && { goal }), note });
console.log(
  JSON.stringify([
    row(
      "1,000 runs at once, most jobs under way",
      memory(({ mostInMemory }) => mostInMemory),
      "jobs",
      1_000,
    ),
    row("1,000 runs at once, peak RSS", memory(rssMb), "MB", 150),
    row("1,000 runs at once, event loop delay p99", memory(p99Ms), "ms", 20),
    row("the same over HTTP, most jobs at the vendor", flight(most), "jobs", 1_000, jobs),
    row("the same over HTTP, peak RSS", flight(rssMb), "MB", undefined, besideBare(rssMb)),
    row("the same over HTTP, event loop delay p99", flight(p99Ms), "ms", 20, besideBare(p99Ms)),
    row("1,000 jobs by bare fetch, peak RSS", bare(rssMb), "MB"),
    row("1,000 jobs by bare fetch, event loop delay p99", bare(p99Ms), "ms"),
    row("20 runs share 50 slots, most jobs at the vendor", fair(most), "jobs", 50),
    row("20 runs share 50 slots, farthest from equal", farOff, "%", 20, shares),
  ]),
);
