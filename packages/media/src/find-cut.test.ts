import { describe, expect, it } from "vitest";
import { mp4Box, mp4Of } from "../test/made-samples.js";
import { createMemorySource } from "./binary/memory-source.js";
import { findCut } from "./find-cut.js";
import { m4aHandler } from "./m4a/m4a-handler.js";
import { mp4Handler } from "./mp4/mp4-handler.js";
import { pngHandler } from "./png/png-handler.js";

const whole = mp4Of([mp4Box("free", new Uint8Array(4))]);
const cut = mp4Of([mp4Box("free", new Uint8Array(4)), mp4Box("mdat", new Uint8Array(40))]).subarray(0, -1);

describe("findCut", () => {
  it.each([
    ["mp4", mp4Handler],
    ["m4a", m4aHandler],
  ])("finds the first box that is not whole (%s)", async (_, handler) => {
    expect(await findCut(createMemorySource(cut), handler)).toBe(whole.length);
    expect(await findCut(createMemorySource(whole), handler)).toBeUndefined();
  });

  it("knows nothing of files of another kind", async () => {
    expect(await findCut(createMemorySource(cut), pngHandler)).toBeUndefined();
    expect(await findCut(createMemorySource(cut), undefined)).toBeUndefined();
  });
});
