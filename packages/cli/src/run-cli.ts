import { parseArgs } from "node:util";
import { errorFromUnknown } from "@genblaze/core";
import type { Command } from "./command.js";
import { diff } from "./commands/diff.js";
import { embed } from "./commands/embed.js";
import { extract } from "./commands/extract.js";
import { keygen } from "./commands/keygen.js";
import { lineage } from "./commands/lineage.js";
import { plan } from "./commands/plan.js";
import { recover } from "./commands/recover.js";
import { replay } from "./commands/replay.js";
import { reveal } from "./commands/reveal.js";
import { run } from "./commands/run.js";
import { cancel } from "./commands/runs/cancel.js";
import { compact } from "./commands/runs/compact.js";
import { list } from "./commands/runs/list.js";
import { prune } from "./commands/runs/prune.js";
import { resume } from "./commands/runs/resume.js";
import { retry } from "./commands/runs/retry.js";
import { show } from "./commands/runs/show.js";
import { sign } from "./commands/sign.js";
import { strip } from "./commands/strip.js";
import { verify } from "./commands/verify.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { commandHelp, generalHelp, groupHelp } from "./help.js";
import { printError, usageError } from "./output.js";
import type { Terminal } from "./terminal.js";

const commands: readonly Command[] = [
  verify,
  extract,
  embed,
  strip,
  recover,
  sign,
  keygen,
  reveal,
  run,
  list,
  show,
  resume,
  retry,
  cancel,
  prune,
  compact,
  plan,
  replay,
  lineage,
  diff,
];

/** Does what the words of a command line say and gives the exit code. Prints every error; never throws. */
export async function runCli(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = words;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    terminal.stdout.write(generalHelp(commands));
    return name === undefined ? exitCodes.usage : exitCodes.ok;
  }
  try {
    const group = commands.filter((each) => each.name.startsWith(`${name} `));
    if (group.length > 0 && (rest[0] === undefined || rest[0] === "--help" || rest[0] === "-h")) {
      terminal.stdout.write(groupHelp(name, group));
      return rest[0] === undefined ? exitCodes.usage : exitCodes.ok;
    }
    const { command, words: others } = commandOf(name, rest);
    if (others.includes("--help") || others.includes("-h")) {
      terminal.stdout.write(commandHelp(command));
      return exitCodes.ok;
    }
    return await command.run({ ...parse(command, others), terminal });
  } catch (error) {
    printError(terminal, errorFromUnknown(error, `genblaze ${name}`), rest.includes("--json"));
    return exitCodes.usage;
  }
}

/** A command by its one word or two, and the words behind. */
function commandOf(name: string, rest: readonly string[]) {
  const [second = "", ...others] = rest;
  const ofTwo = commands.find((each) => each.name === `${name} ${second}`);
  if (ofTwo !== undefined) return { command: ofTwo, words: others };
  const command = commands.find((each) => each.name === name);
  if (command !== undefined) return { command, words: rest };
  const group = commands.filter((each) => each.name.startsWith(`${name} `));
  const known = (group.length > 0 ? group : commands).map((each) => each.name).join(", ");
  throw usageError(`there is no command "${group.length > 0 ? `${name} ${second}` : name}". Commands: ${known}.`);
}

function parse(command: Command, words: readonly string[]) {
  const { positionals, values } = parseWords(command, words);
  const { min, max } = command.positionals;
  if (positionals.length < min || positionals.length > max) {
    throw usageError(
      `expected \`genblaze ${command.usage}\`, but ${countOf(positionals.length)} given besides options.`,
    );
  }
  return { positionals, values };
}

function countOf(words: number): string {
  return words === 1 ? "1 word was" : `${words} words were`;
}

function parseWords({ options, usage }: Command, words: readonly string[]) {
  try {
    const parsed = parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
    // Values are single; the one option that may be given several times is read as `unknown` by its command.
    return { positionals: parsed.positionals, values: parsed.values as Record<string, string | boolean | undefined> };
  } catch (error) {
    throw usageError(`${error instanceof Error ? error.message : "wrong options"} Expected \`genblaze ${usage}\`.`);
  }
}
