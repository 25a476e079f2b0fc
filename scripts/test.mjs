// `npm test`: installs what is missing and runs all tests that need nothing but Node, from the sources; words behind
// `--` go to vitest.
import { ensureInstalled, runOrExit } from "./workspace.mjs";

ensureInstalled();
runOrExit(process.execPath, [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--config",
  "vitest.workspace.ts",
  "--project",
  "node",
  ...process.argv.slice(2),
]);
