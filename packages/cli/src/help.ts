import type { Command } from "./command.js";

/** What `genblaze --help` prints. */
export function generalHelp(commands: readonly Command[]): string {
  const rows = commands.map((command) => `  ${command.name.padEnd(9)} ${command.summary}`);
  return [
    "genblaze COMMAND [OPTIONS]",
    "",
    ...rows,
    "",
    "`genblaze COMMAND --help` tells more. Exit codes: 0 done and matching, 1 differs or failed, 2 wrong call or file.",
    "",
  ].join("\n");
}

/** What `genblaze COMMAND --help` prints. */
export function commandHelp(command: Command): string {
  const options = Object.entries(command.optionHelp).map(([name, help]) => `  --${name.padEnd(14)} ${help}`);
  return [`genblaze ${command.usage}`, "", command.summary, "", ...options, ""].join("\n");
}
