import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outputCheck, part, promptCheck } from "../../test/guard-support.js";
import { codeOf, messageOf } from "../../test/thrown.js";
import { createWordSearch } from "./find-words.js";
import { foldText } from "./fold-text.js";
import { wordList } from "./word-list.js";

const rejects = (words: readonly string[], text: string, options = {}) => {
  const verdict = wordList(words, options).checkPrompt?.(promptCheck(text));
  return verdict instanceof Promise || verdict === undefined ? undefined : !verdict.allowed;
};

describe("a word list", () => {
  it.each([
    ["gore", "Much GORE here", true],
    ["gore", "gore", true],
    ["gore", "(gore)", true],
    ["gore", "category of goreng", false],
    ["gore", "Al Gore's film", true],
    ["ass", "a classic glass passage", false],
    ["ass", "ass_1", false],
    ["white powder", "some White \n\t powder.", true],
    ["white powder", "white powders", false],
    ["c++", "I write C++ daily", true],
    ["c++", "the letter c", false],
    ["a.*b", "a then b", false],
    ["(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa!", false],
    ["naïve", "NAI\u0308VE", true],
    ["naive", "naïve", false],
    ["gore", "ｇｏｒｅ", true],
    ["gore", "go\u200bre", true],
    ["gore", "g\u00ado\u2060re", true],
    ["ﬁre", "fire", true],
    ["straße", "STRAẞE", true],
    ["ΟΔΟΣ", "οδος", true],
    ["İstanbul", "i̇stanbul", true],
    ["Киев", "в киеве", false],
    ["киев", "Киев!", true],
    ["暴力", "不要暴力画面", true],
    ["ฆ่า", "ห้ามฆ่าคน", true],
    ["x", "x\u0302", false],
    ["😀", "so😀nice", true],
    ["𝒳", "𝒳yz", false],
    ["a𠀀", "𠀀a𠀀", true],
  ])("with %j finds it in %j: %s", (word, text, isFound) => {
    expect(rejects([word], text)).toBe(isFound);
  });

  it("finds words inside of others only when asked to", () => {
    expect(rejects(["gore"], "goreng", { matchWithin: true })).toBe(true);
    expect(rejects(["gore"], "goreng", { matchWithin: false })).toBe(false);
  });

  it("finds the shorter of two words that end at one place when the longer does not stand alone", () => {
    expect(rejects(["xa b", "b"], "yxa b")).toBe(true);
  });

  it("names the word and its category, but no word of a private step", () => {
    const guard = wordList(["Gore"], { category: "house rules" });
    expect(guard.name).toBe('word list "house rules"');
    expect(guard.checkPrompt?.(promptCheck("some gore"))).toEqual({
      allowed: false,
      reason: 'The text has the word "Gore" of the list "house rules".',
      categories: ["house rules"],
    });
    expect(guard.checkPrompt?.(promptCheck("some gore", { isPrivate: true }))).toEqual({
      allowed: false,
      reason: 'The text has a word of the list "house rules".',
      categories: ["house rules"],
    });
  });

  it("looks at the texts in parameters, too", () => {
    const check = promptCheck("", { params: { lines: [{ text: "all the gore" }], gore: 1 } });
    expect(wordList(["gore"]).checkPrompt?.(check)).toMatchObject({ allowed: false });
    expect(wordList(["gore"]).checkPrompt?.(promptCheck("", { params: { gore: "none" } }))).toEqual({ allowed: true });
  });

  it("has only the checks that it was asked for", () => {
    expect(Object.keys(wordList(["a"], { in: "prompt" }))).toEqual(["name", "checkPrompt"]);
    expect(Object.keys(wordList(["a"], { in: "output" }))).toEqual(["name", "checkOutput"]);
    expect(Object.keys(wordList(["a"]))).toEqual(["name", "checkPrompt", "checkOutput"]);
  });

  it("looks at a text that came out, and at JSON with its escapes undone", async () => {
    const { checkOutput } = wordList(["gore"]);
    expect(await checkOutput?.(outputCheck({ yields: "text", text: "No gore." }))).toMatchObject({ allowed: false });
    const escaped = { yields: "text", text: '["\\u0067ore"]', json: ["gore"] } as const;
    expect(await checkOutput?.(outputCheck(escaped))).toMatchObject({ allowed: false });
    expect(await checkOutput?.(outputCheck({ yields: "text", text: "fine" }))).toEqual({ allowed: true });
  });

  it("looks at captions next to a film, and says which text it could not read", async () => {
    const { checkOutput } = wordList(["gore"]);
    const film = part("video/mp4", "gore");
    const assets = (bytes?: string) => outputCheck({ yields: "video", assets: [film, part("text/vtt", bytes)] });
    expect(await checkOutput?.(assets("WEBVTT gore"))).toMatchObject({ allowed: false });
    expect(await checkOutput?.(assets("WEBVTT peace"))).toEqual({ allowed: true });
    expect(await checkOutput?.(assets())).toEqual({
      allowed: true,
      notChecked: "asset 2 (text/vtt) was not read, since only its URL is known",
    });
  });

  it.each([
    [[], "a list of at least one word is expected; a list of 0 was given."],
    ["gore", "a list of at least one word is expected; a string was given."],
    [["gore", ""], "entry 1 must be a text with something to see in it; a string was given."],
    [["\u200b "], "entry 0 must be a text with something to see in it; a string was given."],
    [[7], "entry 0 must be a text with something to see in it; the number 7 was given."],
  ])("refuses the words %j", (words, message) => {
    expect(messageOf(() => Reflect.apply(wordList, undefined, [words]))).toBe(`wordList(words, options): ${message}`);
  });

  it("refuses an option that it does not know", () => {
    expect(codeOf(() => Reflect.apply(wordList, undefined, [["a"], { within: true }]))).toBe("INVALID_OPTION");
    expect(codeOf(() => Reflect.apply(wordList, undefined, [["a"], { in: "input" }]))).toBe("INVALID_OPTION");
  });
});

describe("the search for words", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", " ", "é", "漢"), minLength: 0, maxLength: 30 });
  const word = fc.string({ unit: fc.constantFrom("a", "b", "é", "漢"), minLength: 1, maxLength: 4 });

  it("finds inside of a text what the text includes", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), letters, (words, text) => {
        const search = createWordSearch(
          words.map((folded) => ({ shown: folded, folded })),
          true,
        );
        return (search(text) !== undefined) === words.some((each) => text.includes(each));
      }),
    );
  });

  it("finds whole words of spaced scripts where splitting at blanks finds them", () => {
    const spaced = fc.string({ unit: fc.constantFrom("a", "b", "é", " "), maxLength: 30 });
    const plain = fc.string({ unit: fc.constantFrom("a", "b", "é"), minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1, maxLength: 6 }), spaced, (words, text) => {
        const search = createWordSearch(
          words.map((folded) => ({ shown: folded, folded })),
          false,
        );
        return (search(text) !== undefined) === text.split(" ").some((each) => words.includes(each));
      }),
    );
  });

  it.each([
    ["a word that nearly matches everywhere", "a".repeat(2_000_000)],
    ["blanks", " \n".repeat(1_000_000)],
    ["marks that sort against each other", `a${"\u0301\u0323".repeat(1_000_000)}`],
    ["marks in two rows", `a${"\u0301".repeat(500_000)}${"\u0323".repeat(500_000)}`],
    ["marks with invisible characters between", `a${"\u0301\u200b\u0323\u034f".repeat(500_000)}`],
    ["lone surrogates", "\ud800".repeat(2_000_000)],
    ["letters that become many", "\ufdfa".repeat(200_000)],
  ])("goes through %s in work that grows with the length", (_, text) => {
    expect(rejects([`${"a".repeat(500)}b`, `${"a".repeat(400)}c`], text)).toBe(false);
  });

  it("folds what is folded to itself", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => foldText(foldText(text)) === foldText(text)));
  });
});
