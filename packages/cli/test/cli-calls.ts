import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { runCli } from "../src/run-cli.js";

/** Where a module for tests lies. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url));
}

/** Calls the command line: its exit code and what it printed. */
export async function call(...words: readonly string[]) {
  return callWith(undefined, ...words);
}

/** The same, with a signal that ends it. */
export async function callWith(signal: AbortSignal | undefined, ...words: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    stdout: { write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => err.push(text) },
  };
  const code = await runCli(words, signal === undefined ? terminal : { ...terminal, signal });
  return { code, stdout: out.join(""), stderr: err.join("") };
}

/** The exit code and the JSON that a call prints. */
export async function json(...words: readonly string[]) {
  const { code, stdout } = await call(...words, "--json");
  return { code, ...JSON.parse(stdout) };
}

/** A person at a terminal who types a line whenever the screen asks for one; undefined stands for Ctrl-D. */
export function person(...lines: readonly (string | undefined)[]) {
  const typed = [...lines];
  const keys = Object.assign(new PassThrough(), { isTTY: true });
  const shown: string[] = [];
  const write = (text: string) => {
    shown.push(text);
    if (!text.endsWith("): ")) return;
    const line = typed.shift();
    if (line === undefined) keys.end();
    else keys.write(`${line}\n`);
  };
  const screen = { isTTY: true, columns: 100, write };
  const terminal = { stdin: keys, stdout: screen, stderr: screen };
  return { terminal, shown: () => shown.join("") };
}

/** The words of a command that was printed for a shell. */
export function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, inQuotes, bare]) => inQuotes ?? bare ?? "");
}
