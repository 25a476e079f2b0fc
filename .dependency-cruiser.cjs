/** Who may import whom. Arrows point down only; docs/architecture.md has the picture. */
const allowed = {
  core: [],
  media: ["core"],
  local: ["core"],
  fakes: ["core"],
  contract: ["core", "fakes"],
  cli: ["core", "media"],
  genblaze: ["core", "media", "cli"],
};
const test = "(\\.test\\.ts|/test/.*)$";

module.exports = {
  forbidden: [
    ...Object.entries(allowed).map(([name, below]) => ({
      name: `${name}-imports-only-what-is-below`,
      severity: "error",
      from: { path: `^packages/${name}/src`, pathNot: test },
      to: { path: "^packages/", pathNot: `^packages/(${[name, ...below].join("|")})/` },
    })),
    {
      name: "contract-only-in-tests",
      severity: "error",
      from: { path: "^packages", pathNot: [test, "^packages/contract/"] },
      to: { path: "^packages/contract/" },
    },
    {
      name: "no-own-index",
      comment: "Inside a package import the concrete file.",
      severity: "error",
      from: { path: "^packages/([^/]+)/src/", pathNot: test },
      to: { path: "^packages/$1/src/index\\.ts$" },
    },
    {
      name: "manifest-runs-in-browsers",
      comment: "What makes and checks manifests uses neither Node nor zod; `#sha256` picks the hash by platform.",
      severity: "error",
      from: { path: "^packages/core/src/(manifest|json)/", pathNot: [test, "sha256-node\\.ts$"] },
      to: { dependencyTypes: ["core", "npm"] },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: { path: "^packages" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "nothing-unresolved", severity: "error", from: {}, to: { couldNotResolve: true, pathNot: "^tsx$" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|golden)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@genblaze/source", "node", "import", "types", "default"],
    },
  },
};
