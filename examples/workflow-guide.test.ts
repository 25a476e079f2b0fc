import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const page = fileURLToPath(new URL("../docs/guides/workflows.md", import.meta.url));
// Git-ignored, and inside examples, so that what the guide imports is found as it is there.
const out = fileURLToPath(new URL("out/", import.meta.url));
let folder = "";

beforeAll(async () => {
  await mkdir(out, { recursive: true });
  folder = await mkdtemp(join(out, "workflow-guide-"));
  const text = await readFile(page, "utf8");
  for (const [, code = "", name = ""] of text.matchAll(/^```ts\n(\/\/ ([\w-]+\.ts)\n.*?)^```/gms)) {
    await writeFile(join(folder, name), code.replaceAll('folder("out")', `folder(${JSON.stringify(folder)})`));
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it("does what the guide of workflows says, from the first version to the verdict on a candidate", async () => {
  const { first, second, store } = await import(join(folder, "versions.ts"));
  const { release, takeBack } = await import(join(folder, "release.ts"));
  const { serve, verdict } = await import(join(folder, "serve.ts"));

  await release(first.id);
  await store.setLabel("poster", "candidate", second.id);
  const served = new Map<string, string>();
  for (const user of ["ada", "ben"]) {
    const result = await serve(user, "a harbour");
    expect(result.status).toBe("completed");
    served.set(user, result.run.metadata.workflow.id);
  }
  expect([...new Set(served.values())].every((id) => [first.id, second.id].includes(id))).toBe(true);
  expect(verdict().decision).toBe("continue");

  await release(second.id);
  expect((await takeBack()).id).toBe(first.id);
  await expect(store.rollback("poster", "candidates")).rejects.toThrow(
    'Label "candidates" of workflow "poster" was never put, so there is nothing to go back to.',
  );
});
