import type { ParseArgsConfig } from "node:util";
import { type Clock, createRuntime } from "@genblaze/core";
import type { TextStream } from "@genblaze/core/report";
import type { ExitCode } from "./exit-codes.js";
import type { Terminal } from "./terminal.js";

/** The words of one call after the command's name. */
export interface CommandCall {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly terminal: Terminal;
}

/** The signal of the terminal as an option, for calls that take one. */
export function signalOf({ terminal }: CommandCall): { readonly signal?: AbortSignal } {
  return terminal.signal === undefined ? {} : { signal: terminal.signal };
}

/** Where progress is shown: beside the JSON document that `--json` prints. */
export function screenOf({ terminal, values }: CommandCall): TextStream {
  return values.json === true ? terminal.stderr : terminal.stdout;
}

/** The time of a call. */
export function clockOf({ terminal }: CommandCall): Clock {
  return terminal.clock ?? createRuntime().clock;
}

/** The file of `--output` as an option. */
export function outputOf({ values }: CommandCall): { readonly output?: string } {
  return typeof values.output === "string" ? { output: values.output } : {};
}

/** One command of the command line: data for the help, and a function. */
export interface Command {
  readonly name: string;
  /** How it is called, after `genblaze`. */
  readonly usage: string;
  /** One sentence for the help. */
  readonly summary: string;
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /** What each option means, for the help. */
  readonly optionHelp: Readonly<Record<string, string>>;
  /** How many words it takes besides options. */
  readonly positionals: { readonly min: number; readonly max: number };
  run(call: CommandCall): Promise<ExitCode>;
}
