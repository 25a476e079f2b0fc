import type { CommandCall } from "./command.js";
import { usageError } from "./output.js";

/** The module that a command works on: its one word, or `--module`. */
export function moduleOf({ positionals, values }: CommandCall, command: string): string {
  const [file] = positionals;
  if ((file === undefined) === (values.module === undefined)) {
    throw usageError(
      `genblaze ${command} takes one module: \`${command} FILE\` or \`${command} --module FILE#EXPORT\`.`,
    );
  }
  return file ?? String(values.module);
}
