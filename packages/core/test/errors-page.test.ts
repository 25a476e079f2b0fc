import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { ERROR_CODES } from "../src/errors/error-codes.js";

const page = new URL("../../../docs/reference/errors.md", import.meta.url);
const row = /^\| `([A-Z_]+)` +\| `([a-z_]+)` +\| (yes|no) +\|/;

it("lists exactly the error codes of the table, with their kind and whether trying again can help", async () => {
  const lines = (await readFile(page, "utf8")).split("\n");
  const documented = lines.flatMap((line) => {
    const [, code, kind, isRetryable] = row.exec(line) ?? [];
    return code === undefined ? [] : [[code, kind, isRetryable]];
  });
  const coded = Object.entries(ERROR_CODES).map(([code, { kind, isRetryable }]) => [
    code,
    kind,
    isRetryable ? "yes" : "no",
  ]);
  expect(documented.toSorted()).toEqual(coded.toSorted());
});
