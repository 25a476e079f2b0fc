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
import { sign } from "./commands/sign.js";
import { strip } from "./commands/strip.js";
import { verify } from "./commands/verify.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { commandHelp, generalHelp } from "./help.js";
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
    const command = commands.find((each) => each.name === name);
    if (command === undefined) {
      throw usageError(`there is no command "${name}". Commands: ${commands.map((each) => each.name).join(", ")}.`);
    }
    if (rest.includes("--help") || rest.includes("-h")) {
      terminal.stdout.write(commandHelp(command));
      return exitCodes.ok;
    }
    return await command.run({ ...parse(command, rest), terminal });
  } catch (error) {
    printError(terminal, errorFromUnknown(error, `genblaze ${name}`), rest.includes("--json"));
    return exitCodes.usage;
  }
}

function parse(command: Command, words: readonly string[]) {
  const { positionals, values } = parseWords(command, words);
  const { min, max } = command.positionals;
  if (positionals.length < min || positionals.length > max) {
    throw usageError(`expected \`genblaze ${command.usage}\`, but ${positionals.length} file names were given.`);
  }
  return { positionals, values };
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
