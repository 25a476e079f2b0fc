import { cancelRun, type RunOverview } from "@genblaze/core/journal";
import type { Command } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import { goingOnOptions, moduleForRun, withHints } from "../../going-on.js";
import { journalOf } from "../../journal-of.js";
import { loadPipeline } from "../../load-pipeline.js";
import { print } from "../../output.js";
import { parseJson } from "../../parse-json.js";
import { readKeyBytes } from "../../read-key-bytes.js";
import { runOf } from "../../run-in-journal.js";
import { journalOptions, resumeOptions } from "../../run-options.js";

const USAGE =
  "runs cancel ID --module FILE#EXPORT [--journal FOLDER] [--input JSON] [--encrypt KEY] [--on-change continue] [--json]";
const { optionHelp } = resumeOptions;

/** `genblaze runs cancel ID --module FILE#EXPORT`. */
export const cancel: Command = {
  name: "runs cancel",
  usage: USAGE,
  summary: "End a run that was interrupted or waits, and call its jobs back at their providers.",
  options: {
    ...journalOptions.options,
    module: { type: "string", short: "m" },
    input: { type: "string", short: "i" },
    encrypt: { type: "string" },
    "on-change": { type: "string" },
  },
  optionHelp: {
    module: optionHelp.module ?? "",
    ...journalOptions.optionHelp,
    input: optionHelp.input ?? "",
    encrypt: optionHelp.encrypt ?? "",
    "on-change": optionHelp["on-change"] ?? "",
  },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const module = moduleForRun(call, USAGE);
    const opened = journalOf(call);
    const before = await runOf(opened, call.positionals[0] ?? "");
    const { runId } = before;
    if (hasEnded(before.status) && openJobs(before.overview).length === 0) {
      const { status } = before;
      print(call, { runId, status, cancelled: [], calledBack: [], stillOpen: [] }, [
        `run ${runId} has ended already: ${status}; there is nothing to cancel`,
      ]);
      return exitCodes.ok;
    }
    const pipeline = await loadPipeline(module);
    const { encrypt } = call.values;
    const { status } = await withHints(async () =>
      cancelRun(runId, {
        pipeline,
        journal: opened.journal,
        input: parseJson("input", call.values.input),
        ...goingOnOptions(call),
        ...(typeof encrypt === "string" ? { privacy: { encryptionKey: await readKeyBytes(encrypt) } } : {}),
      }),
    );
    const { overview } = await runOf(opened, runId);
    const facts = { runId, status, ...changes(before.overview, overview) };
    print(call, facts, describe(facts));
    return status === "cancelled" ? exitCodes.ok : exitCodes.failed;
  },
};

function hasEnded(status: string): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

function openJobs({ steps }: RunOverview): readonly string[] {
  return steps.filter(({ openJob, inDoubt }) => openJob !== undefined || inDoubt !== undefined).map(({ name }) => name);
}

function changes(before: RunOverview, after: RunOverview) {
  const stillOpen = openJobs(after);
  return {
    cancelled: after.steps.filter(({ state }) => state === "cancelled").map(({ name }) => name),
    calledBack: openJobs(before).filter((name) => !stillOpen.includes(name)),
    stillOpen,
  };
}

interface Facts extends ReturnType<typeof changes> {
  readonly runId: string;
  readonly status: string;
}

function describe({ runId, status, cancelled, calledBack, stillOpen }: Facts): readonly string[] {
  return [
    `run ${runId}: ${status}`,
    ...(cancelled.length === 0 ? [] : [`cancelled: ${cancelled.join(", ")}`]),
    ...(calledBack.length === 0 ? [] : [`jobs called back at their providers: ${calledBack.join(", ")}`]),
    ...(stillOpen.length === 0
      ? []
      : [
          `jobs that may go on at their providers, and be paid for: ${stillOpen.join(", ")}; look at your accounts there`,
        ]),
  ];
}
