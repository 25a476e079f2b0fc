import { GenblazeError } from "@genblaze/core";
import type { CommandCall } from "./command.js";
import type { Terminal } from "./terminal.js";

/** Prints one JSON document with `--json`, else lines for people. */
export function print({ terminal, values }: CommandCall, json: unknown, lines: readonly string[]): void {
  terminal.stdout.write(values.json === true ? `${JSON.stringify(json, null, 2)}\n` : `${lines.join("\n")}\n`);
}

/** Reports an error: a JSON document on stdout with `--json`, else its code and sentence on stderr. */
export function printError(terminal: Terminal, error: GenblazeError, asJson: boolean): void {
  if (asJson) {
    const { code, message, details } = error;
    terminal.stdout.write(`${JSON.stringify({ error: { code, message, details } }, null, 2)}\n`);
    return;
  }
  terminal.stderr.write(`genblaze: ${error.code}: ${error.message}\n`);
}

/** The error for a call with the wrong words. */
export function usageError(message: string): GenblazeError {
  return new GenblazeError("INVALID_OPTION", message);
}
