// What the compiler takes for one fluent pipeline of 100 named steps, beyond what it takes for the builder alone.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../workspace.mjs";
import { median, times } from "./median.mjs";

const folder = join(root, "examples/out/.typecheck");
const head = `import { from, Pipeline, type Provider } from "@genblaze/core";
import { z } from "zod";
declare const chat: Provider<"text", "image">;
declare const image: Provider<"image", "image">;
`;

function fluent(steps) {
  const lines = Array.from({ length: steps }, (_, index) => {
    if (index === 0) return '  .step(chat, { name: "s0", model: "m", output: z.object({ title: z.string() }) })';
    const prompt = index % 3 === 0 ? ', prompt: from("s0", (story) => story.title)' : "";
    const inputs = index > 1 ? `, inputs: { firstFrame: "s${index - 1}" }` : "";
    return `  .step(image, { name: "s${index}", model: "m"${prompt}${inputs} })`;
  });
  return `${head}export const pipeline = new Pipeline("p")\n${lines.join("\n")};\n`;
}

function check(name, source) {
  const config = join(folder, `${name}.json`);
  writeFileSync(join(folder, `${name}.ts`), source);
  const compilerOptions = { customConditions: ["@genblaze/source"] };
  const text = { extends: join(root, "tsconfig.base.json"), compilerOptions, files: [`${name}.ts`] };
  writeFileSync(config, JSON.stringify(text));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const words = ["-p", config, "--noEmit", "--incremental", "false", "--composite", "false"];
  return () => {
    const { status, stdout } = spawnSync(process.execPath, [tsc, ...words], { encoding: "utf8" });
    if (status !== 0) throw new Error(stdout);
  };
}

mkdirSync(folder, { recursive: true });
try {
  const rounds = { rounds: 3, warmUps: 1 };
  const whole = median(await times(check("fluent", fluent(100)), rounds));
  const bare = median(await times(check("bare", `${head}export const pipeline = new Pipeline("p");\n`), rounds));
  const note = `tsc altogether ${(whole / 1_000).toFixed(2)} s, the sources of core included`;
  const measured = (whole - bare) / 1_000;
  console.log(JSON.stringify([{ what: "tsc, a fluent pipeline of 100 steps", measured, unit: "s", goal: 3, note }]));
} finally {
  rmSync(folder, { recursive: true });
}
