import { describe, expect, it } from "vitest";
import { codeOf, messageOf } from "../../test/thrown.js";
import { createRuntime } from "../run/runtime.js";
import { perUnit } from "./per-unit.js";
import { createPriceBook, type Prices } from "./price-book.js";

const [exact, family, provider] = [perUnit(1), perUnit(2), perUnit(3)];

describe("createPriceBook", () => {
  const book = createPriceBook({ "gmi/*": provider, "gmi/veo-*": family, "gmi/veo-3": exact, "replicate/a/b": exact });

  it("finds the exact model before the longest pattern, and that before shorter ones", () => {
    expect(book.strategyFor("gmi", "veo-3")).toBe(exact);
    expect(book.strategyFor("gmi", "veo-3-fast")).toBe(family);
    expect(book.strategyFor("gmi", "seedream")).toBe(provider);
    expect(book.strategyFor("replicate", "a/b")).toBe(exact);
  });

  it("has nothing for a model that no key fits", () => {
    expect(book.strategyFor("replicate", "a/c")).toBeUndefined();
    expect(book.strategyFor("gmicloud", "veo-3")).toBeUndefined();
    expect(createPriceBook({}).strategyFor("gmi", "veo-3")).toBeUndefined();
  });

  it("does not change with the object it was made of", () => {
    const prices: Record<string, typeof exact> = { "gmi/veo-3": exact };
    const made = createPriceBook(prices);
    prices["gmi/veo-3"] = family;
    expect(made.strategyFor("gmi", "veo-3")).toBe(exact);
    expect(Object.isFrozen(made)).toBe(true);
  });

  it.each([
    "",
    "*",
    "gmi",
    "gmi/",
    "/veo",
    "*/veo",
    "gmi*",
    "gm*/veo",
    "gmi/v*o",
    "gmi/**",
    " gmi/veo",
    "gmi /veo",
    "gmi/veo ",
    "gmi/ veo",
  ])('refuses the key "%s"', (key) => {
    expect(codeOf(() => createPriceBook({ [key]: exact }))).toBe("INVALID_OPTION");
  });

  it.each(["gmi/*", "g/v", "gmi/veo 3", "gmi/v*", "replicate/a/b:c*", "nvidia nim/x"])('takes the key "%s"', (key) => {
    expect(codeOf(() => createPriceBook({ [key]: exact }))).toBe("Error: nothing was thrown");
  });

  it("refuses a price that is no strategy", () => {
    // What a JavaScript user may pass.
    const prices = { "gmi/veo": 0.02 } as unknown as Prices;
    expect(messageOf(() => createPriceBook(prices))).toBe(
      'createPriceBook(): "gmi/veo": a strategy like perUnit(0.02) is expected; the number 0.02 was given.',
    );
    expect(codeOf(() => createPriceBook([] as unknown as Prices))).toBe("INVALID_OPTION");
    expect(messageOf(() => createRuntime({ prices }))).toBe(
      'createRuntime(options), option "prices": "gmi/veo": a strategy like perUnit(0.02) is expected; the number 0.02 was given.',
    );
  });
});
