// Rows become prompts by a template, and prompts pictures, each in a run of its own. The batch is stopped after two of five
// rows, as a crash would stop it; started again, it makes the other three and pays for none twice.
import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { batch, fileLedger } from "@genblaze/core/batch";
import { perUnit } from "@genblaze/core/pricing";
import { promptTemplate } from "@genblaze/core/workflow";
import { scriptedAsset, scriptedProvider } from "@genblaze/fakes";
import { createRuntime, folder, from, objectStorageSink, Pipeline } from "genblaze";
import { z } from "zod";

const image = scriptedProvider({
  name: "image",
  yields: "image",
  script: ({ prompt = "" }) => ({ kind: "done", output: { assets: [scriptedAsset("image/png", prompt)] } }),
});

const Row = z.object({ sku: z.string(), animal: z.string(), price: z.number() });
const label = promptTemplate("A poster of a {animal}, {price:.2f} $");
const poster = new Pipeline("poster", { input: Row, runtime: createRuntime({ prices: { "image/*": perUnit(0.03) } }) }) //
  .step(image, {
    name: "frame",
    model: "m",
    prompt: from("input", ({ animal, price }) => label.render({ animal, price })),
  });

const rows = ["fox", "owl", "hare", "wolf", "lynx"].map((animal, index) => ({
  sku: `p-${index}`,
  animal,
  price: 9.5 + index,
}));
await mkdir("out", { recursive: true });
await rm("out/posters.jsonl", { force: true });
const start = () =>
  batch(poster, rows, {
    key: ({ sku }) => sku,
    concurrency: 1,
    ledger: fileLedger("out/posters.jsonl"),
    runOptions: { sink: objectStorageSink(folder("out/posters")) },
  });

const first = start();
let seen = 0;
for await (const { key, status } of first) {
  console.log(`${key}: ${status}`);
  if (++seen === 2) break;
}
const before = await first.summary;
assert.equal(before.endedBy, "left");
const paidBefore = image.calls.length;
console.log(`stopped after ${seen} results; ${paidBefore} pictures were paid for`);

const second = start();
for await (const { key, status } of second) console.log(`${key}: ${status}`);
const { completed, doneBefore, failed, costUsd } = await second.summary;
assert.deepEqual({ failed, total: completed + doneBefore }, { failed: 0, total: 5 });
assert.equal(doneBefore, before.completed);
assert.equal(image.calls.length, 5, "no row was paid for twice");
assert.equal(image.calls[0]?.request?.prompt, "A poster of a fox, 9.50 $");
console.log(
  `${doneBefore} were done before, ${completed} were made for $${costUsd}; ${image.calls.length} calls in all`,
);
