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
