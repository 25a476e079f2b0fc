import type { Command } from "./command.js";

/** What `genblaze --help` prints. */
export function generalHelp(commands: readonly Command[]): string {
  const rows = commands.map((command) => `  ${command.name.padEnd(12)} ${command.summary}`);
  return [
    "genblaze COMMAND [OPTIONS]",
    "",
    ...rows,
    "",
    "`genblaze COMMAND --help` tells more. Exit codes: 0 done and matching, 1 differs or failed, 2 wrong call or file, 130 ended at once.",
    "",
  ].join("\n");
}

/** What `genblaze COMMAND --help` prints. */
export function commandHelp(command: Command): string {
  const options = Object.entries(command.optionHelp).map(([name, help]) => `  --${name.padEnd(17)} ${help}`);
  return [`genblaze ${command.usage}`, "", command.summary, "", ...options, ""].join("\n");
}

/** What `genblaze GROUP --help` prints: the commands whose names begin with one word. */
export function groupHelp(group: string, commands: readonly Command[]): string {
  const rows = commands.map((command) => `  ${command.name.padEnd(14)} ${command.summary}`);
  return [
    `genblaze ${group} COMMAND [OPTIONS]`,
    "",
    ...rows,
    "",
    `\`genblaze ${group} COMMAND --help\` tells more.`,
    "",
  ].join("\n");
}
