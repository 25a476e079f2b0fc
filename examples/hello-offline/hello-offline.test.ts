import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

it("stays an example of at most 15 lines", async () => {
  const source = await readFile(new URL("hello-offline.ts", import.meta.url), "utf8");
  const lines = source.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("//"));
  expect(lines.length).toBeLessThanOrEqual(15);
});
