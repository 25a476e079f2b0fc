/**
 * A process that uses exiftool, for exiftool.tools.test.ts. It says the ids of its children that still run. Argument:
 * "end" to have nothing left to do then, "kill" to be killed by a signal that nothing can catch.
 */
import { execFileSync } from "node:child_process";
import { stripManifestBytes } from "../src/index.js";
import { gif } from "./exiftool-samples.js";

await stripManifestBytes(gif);
const found = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], { encoding: "utf8" });
const ids = found.split("\n").filter((line) => line.includes("stay_open"));
process.stdout.write(ids.map((line) => Number.parseInt(line, 10)).join(" "), () => {
  if (process.argv[2] === "kill") process.kill(process.pid, "SIGKILL");
});
