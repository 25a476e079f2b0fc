import type { Command } from "./command.js";

type Described = Pick<Command, "options" | "optionHelp">;

/** The options of every command that runs a pipeline. */
export const runOptions: Described = {
  options: {
    module: { type: "string", short: "m" },
    input: { type: "string", short: "i" },
    journal: { type: "string" },
    save: { type: "string", short: "s" },
    store: { type: "string" },
    cache: { type: "string" },
    answers: { type: "string" },
    budget: { type: "string" },
    report: { type: "string" },
    sign: { type: "string" },
    opening: { type: "string" },
    encrypt: { type: "string" },
    "owner-key": { type: "string" },
    json: { type: "boolean" },
  },
  optionHelp: {
    module: "file and name of the export; without a name `default`, then `pipeline`",
    input: "the run's input as JSON",
    journal: "the folder that runs are kept in, so that they can be gone on with; GENBLAZE_JOURNAL when left out",
    save: "write the last output there, with its manifest",
    store: "write all outputs and the manifest into this folder",
    cache: "take steps that were paid for before from this folder, and keep there what is paid for now",
    answers: 'answers for steps that wait for one, as JSON: \'{"chosen": {"approved": true}}\'',
    budget: "what the run may spend in US dollars; a request that could cost more than is left is not made",
    report: "write there where time and money went: .html, .svg, .json or .txt",
    sign: "sign the manifest with this private key",
    opening: "write there what opens the commitments of private steps; needed when there are some",
    encrypt: "file with the 32 bytes of the key for encrypted steps, raw or as 64 hex digits",
    "owner-key":
      "file with 32 secret bytes that private steps are committed to, so that a run that goes on can open them",
    json: "print the result as JSON; progress goes to stderr",
  },
};

/** What those besides take that go on with a run. */
export const resumeOptions: Described = {
  options: {
    ...runOptions.options,
    "on-change": { type: "string" },
    "on-unknown-submit": { type: "string" },
  },
  optionHelp: {
    ...runOptions.optionHelp,
    journal: "the folder that runs are kept in; GENBLAZE_JOURNAL, else .genblaze/runs, when left out",
    input: "the run's input as JSON, when it is private and so in no journal",
    "on-change": "`continue`: go on though the pipeline is another one now",
    "on-unknown-submit": "`resubmit`: ask again where nobody can tell whether it was paid for; may pay twice",
  },
};

/** The options of commands that only look at what a folder holds. */
export const journalOptions: Described = {
  options: { journal: { type: "string" }, json: { type: "boolean" } },
  optionHelp: {
    journal: "the folder that runs are kept in; GENBLAZE_JOURNAL, else .genblaze/runs, when left out",
    json: "print it as JSON",
  },
};
