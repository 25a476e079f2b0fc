import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** Finds the worker's program beside this file: built JavaScript, or the TypeScript source, which Node 20 runs through tsx. */
export function findWorkerProgram(): URL {
  if (!import.meta.url.endsWith(".ts")) return new URL("./worker/render-worker.js", import.meta.url);
  const tsx = new URL("./index.mjs", pathToFileURL(createRequire(import.meta.url).resolve("tsx/esm/api"))).href;
  const program = new URL("./render-worker.ts", import.meta.url).href;
  // A thread cannot take over the loader of its parent, so this one registers tsx itself.
  const script = `import { register } from "${tsx}"; register(); await import("${program}");`;
  return new URL(`data:text/javascript,${encodeURIComponent(script)}`);
}
