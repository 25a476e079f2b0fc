#!/usr/bin/env node
import { runCli } from "./run-cli.js";
import { startedAs } from "./started-as.js";

const controller = new AbortController();
// The first Ctrl-C ends the work in good order; a second one ends the process as usual.
process.once("SIGINT", () => controller.abort());

const { stdin, stdout, stderr } = process;
const terminal = { stdin, stdout, stderr, command: startedAs(process), signal: controller.signal };
void runCli(process.argv.slice(2), terminal).then((code) => {
  process.exitCode = code;
});
