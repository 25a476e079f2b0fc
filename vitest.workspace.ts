import { configDefaults, defineConfig } from "vitest/config";

// Tests run on the sources: the private condition maps every package of the workspace to its `src`.
const conditions = ["@genblaze/source", "node", "import", "module", "default"];

const shared = {
  typecheck: { enabled: false },
  // Against tests that hang, not a measure of speed: some paint, sing and encode, and machines differ.
  testTimeout: 300_000,
  hookTimeout: 300_000,
};

/** Tests against programs that a machine need not have; `scripts/test-tools.mjs` says which. */
const toolTests = "packages/*/test/tools/**/*.test.ts";

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // Files wait on clocks, disks and processes of their own for much of their time, so no core is left free.
    maxWorkers: "100%",
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: "node",
          include: ["packages/*/{src,test}/**/*.test.ts", "examples/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: [...configDefaults.exclude, toolTests],
        },
      },
      { extends: true, test: { ...shared, name: "tools", include: [toolTests] } },
    ],
  },
});
