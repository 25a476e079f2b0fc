import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

// Type imports are erased; everything else is loaded.
const IMPORT = /^(?:import|export)\s+(?!type\b)[^;"]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|import\("([^"]+)"\)/gm;
const core = resolve(import.meta.dirname, "..");

/** Every module that a source file loads, with package names as they stand. */
function reach(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const match of readFileSync(file, "utf8").matchAll(IMPORT)) {
    const name = match[1] ?? match[2] ?? match[3] ?? "";
    if (name === "#sha256") reach(browserSha256(), seen);
    else if (name.startsWith(".")) reach(resolve(file, "..", name.replace(/\.js$/, ".ts")), seen);
    else seen.add(name);
  }
  return seen;
}

/** What `#sha256` is where the condition `node` does not hold. */
function browserSha256(): string {
  const { imports } = JSON.parse(readFileSync(resolve(core, "package.json"), "utf8"));
  return resolve(core, imports["#sha256"]["@genblaze/source"].default);
}

describe("the /manifest entry", () => {
  const modules = [...reach(resolve(core, "src/manifest/index.ts"))];

  it("reaches its own files and nothing else: no package and no node: module", () => {
    expect(modules.filter((name) => !name.startsWith(core))).toEqual([]);
    expect(modules.length).toBeGreaterThan(30);
  });

  it("hashes with the pure SHA-256 and never with node:crypto", () => {
    expect(modules).toContain(resolve(core, "src/json/sha256-pure.ts"));
    expect(modules).not.toContain(resolve(core, "src/json/sha256-node.ts"));
  });

  it("leaves out what only other entries need: the table of all codes and the encodings of media files", () => {
    for (const file of ["src/errors/error-codes.ts", "src/json/decode-json-bytes.ts"]) {
      expect(modules).not.toContain(resolve(core, file));
    }
  });

  it("uses no Buffer, process, clock or randomness", () => {
    for (const file of modules) {
      const code = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      expect([file, /\b(?:Buffer|process\.|Date\.now|Math\.random|randomUUID)\b/.exec(code)?.[0]]).toEqual([
        file,
        undefined,
      ]);
    }
  });
});
