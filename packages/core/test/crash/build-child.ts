import { resolve } from "node:path";
import { build } from "esbuild";

const core = resolve(import.meta.dirname, "../..");

/** The one place that says how a run outlives its process. It asks for jobs as soon as their vendor says. */
const DURABLE = `
import { createRuntime } from "./src/index.ts";
import { folderJournal } from "./src/journal/index.ts";
import { runCrashChild } from "./test/crash/crash-child.ts";
const runtime = createRuntime({ poll: { intervalMs: 1 } });
await runCrashChild({ openJournal: folderJournal, toOptions: (journal, runId) => ({ journal, runId, runtime }) });
`;

/** Bundles the child of the crash test into one file: it is started hundreds of times, and is to start fast. */
export async function buildChild(outfile: string, entry: string = DURABLE): Promise<void> {
  await build({
    stdin: { contents: entry, resolveDir: core, sourcefile: "crash-entry.ts", loader: "ts" },
    absWorkingDir: core,
    bundle: true,
    format: "esm",
    platform: "node",
    conditions: ["@genblaze/source"],
    outfile,
    logLevel: "silent",
  });
}
