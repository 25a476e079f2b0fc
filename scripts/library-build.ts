import { defineConfig } from "tsup";

/**
 * The one way a package of this workspace is built: ESM, one output file per public entry, shared code split
 * into chunks, type declarations unless GENBLAZE_BUILD=js (the demo needs none).
 *
 * `entries` are paths below `src`, without the extension.
 */
export function libraryBuild(entries: readonly string[]): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: Object.fromEntries(entries.map((entry) => [entry, `src/${entry}.ts`])),
    format: ["esm"],
    target: "node20",
    platform: "neutral",
    external: [/^node:/, /^#/],
    dts: process.env.GENBLAZE_BUILD !== "js",
    sourcemap: true,
    clean: true,
    silent: true,
  });
}
