import { describe, expect, it } from "vitest";
import { folderNameOf } from "./run-folder.js";

describe("folderNameOf", () => {
  it("keeps ids that any file system keeps", () => {
    for (const runId of ["run", "7", "0b6c1e02-5a3b-4c7e-9f6a-1d2e3f4a5b6c", "a_b-c", "x".repeat(200)]) {
      expect(folderNameOf(runId)).toBe(runId);
    }
  });

  it("hashes all others, so that none is another's and all are short", () => {
    const odd = [
      "A",
      "a.",
      ".",
      "..",
      "../x",
      "a/b",
      "con",
      "com1",
      "-a",
      "é",
      "e\u0301",
      "~",
      "日".repeat(200),
      "a b",
    ];
    const names = odd.map(folderNameOf);
    expect(new Set(names).size).toBe(odd.length);
    for (const name of names) expect(name).toMatch(/^~[0-9a-f]{64}$/);
    expect(folderNameOf("A")).toBe("~559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd");
  });
});
