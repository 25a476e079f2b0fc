import { expect, it } from "vitest";
import { fuzzMedia } from "./fuzz.js";

it("gives a lawful result or a GenblazeError for 4,000 changed files; `pnpm fuzz:media` tries more", async () => {
  expect(await fuzzMedia({ cases: 4000, seed: 1 })).toEqual([]);
});
