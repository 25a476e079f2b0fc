import { defineConfig } from "vitest/config";

// Tests run on the sources: the private condition maps every package of the workspace to its `src`.
const conditions = ["@genblaze/source", "node", "import", "module", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["packages/*/{src,test}/**/*.test.ts", "examples/**/*.test.ts", "scripts/**/*.test.ts"],
    typecheck: { enabled: false },
    // Against tests that hang, not a measure of speed: some paint, sing and encode, and machines differ.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
