// Type-checks every `ts` block of the documentation that imports something, as a file of its own, from the sources. A
// block whose first line is a comment with a file's name has that name, so that later blocks of the page can import it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspace.mjs";

// Git-ignored, and inside examples, so that what the blocks import is found as it is there.
const folder = join(root, "examples/out/.docs");
const condition = "@genblaze/source";

const packages = readdirSync(join(root, "packages")).sort();
const pages = [
  ...["README.md", "CONTRIBUTING.md"],
  ...readdirSync(join(root, "docs"), { recursive: true })
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => join("docs", name)),
  ...packages.map((name) => join("packages", name, "README.md")),
].filter((page) => existsSync(join(root, page)));

/** The blocks of a page; empty lines before each keep its line numbers. */
function blocksOf(page) {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)]
    .filter(([, code]) => /^import /m.test(code))
    .map(({ 1: code, index }) => "\n".repeat(text.slice(0, index).split("\n").length) + code);
}

/** Every entry of every package by its name, as a path to its source. */
function sourcePaths() {
  const entries = packages.flatMap((name) => {
    const { name: packageName, exports } = JSON.parse(
      readFileSync(join(root, "packages", name, "package.json"), "utf8"),
    );
    return Object.entries(exports)
      .filter(([, target]) => target[condition] !== undefined)
      .map(([entry, target]) => [packageName + entry.slice(1), [join(root, "packages", name, target[condition])]]);
  });
  return Object.fromEntries(entries);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
try {
  let count = 0;
  for (const page of pages) {
    for (const [index, code] of blocksOf(page).entries()) {
      const place = join(folder, page.replace(/\.md$/, "").replaceAll(/[/\\]/g, "-"));
      const name = /^\s*\/\/ ([\w-]+\.ts)\n/.exec(code)?.[1] ?? `block-${index + 1}.ts`;
      mkdirSync(place, { recursive: true });
      // A block without an export is a module all the same.
      writeFileSync(join(place, name), `${code}\nexport {};\n`);
      count += 1;
    }
  }
  const config = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: { paths: sourcePaths() },
    include: [join(folder, "**/*.ts"), join(root, "packages/*/src/**/*.d.ts")],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { status } = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", join(folder, "tsconfig.json")],
    { cwd: folder, stdio: "inherit" },
  );
  console.log(`${count} examples of ${pages.length} pages ${status === 0 ? "type-check" : "were checked: FAILED"}.`);
  if (count === 0 || status !== 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
