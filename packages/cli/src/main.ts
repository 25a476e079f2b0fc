#!/usr/bin/env node
import { runCli } from "./run-cli.js";
import { startedAs } from "./started-as.js";

/** What a shell says of a program that Ctrl-C ended: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

const controller = new AbortController();
let lastWords = "";
// The first Ctrl-C ends the work in good order; a second one ends the process at once.
process.on("SIGINT", () => {
  if (!controller.signal.aborted) {
    controller.abort();
    return;
  }
  if (lastWords !== "") process.stderr.write(`\n${lastWords}\n`);
  process.exit(INTERRUPTED);
});

const { stdin, stdout, stderr } = process;
const onLastWords = (words: string) => {
  lastWords = words;
};
const terminal = {
  stdin,
  stdout,
  stderr,
  onLastWords,
  command: startedAs(process),
  environment: process.env,
  signal: controller.signal,
};
void runCli(process.argv.slice(2), terminal).then((code) => {
  process.exitCode = code;
});
