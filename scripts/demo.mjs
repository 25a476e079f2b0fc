// `npm run demo`: installs, builds and makes the film of examples/film; words behind `--` are the sentence.
import { ensureInstalled, runOrExit, runPnpm } from "./workspace.mjs";

ensureInstalled();
console.log("Building ...");
runPnpm(["--silent", "build"], { GENBLAZE_BUILD: "js" });
runOrExit(process.execPath, ["--import", "tsx", "examples/film/film.ts", ...process.argv.slice(2)]);
