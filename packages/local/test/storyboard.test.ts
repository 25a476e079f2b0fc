import { describe, expect, it } from "vitest";
import { local } from "../src/index.js";
import { SETTING_WORDS, SUBJECT_WORDS, WEATHER_WORDS } from "../src/storyboard/lexicon.js";
import { readSentence } from "../src/storyboard/read-sentence.js";
import { createRequest, runProvider } from "./test-context.js";

const write = async (sentence: string) => (await runProvider(local.text, createRequest("storyboard", sentence))).json;

describe("storyboard", () => {
  it("writes the same board twice and another one for another sentence", async () => {
    const first = await write("a paper boat crosses a rainy street");
    expect(await write("a paper boat crosses a rainy street")).toEqual(first);
    expect(await write("a red fox watches the northern lights over a snowy forest")).not.toEqual(first);
    expect(first).toMatchObject({
      logline: "a paper boat crosses a rainy street",
      scenes: [
        { act: "opening", setting: "street", weather: "rain", subject: "paperboat", framing: "wide" },
        { act: "journey", framing: "medium" },
        { act: "arrival", framing: "close" },
      ],
    });
  });

  it("reads the words of a sentence, the longer phrase first", () => {
    expect(readSentence("a red fox watches the northern lights over a snowy forest", 0)).toMatchObject({
      subject: "fox",
      subjectPhrase: "a red fox",
      subjectColor: "#c8402f",
      setting: "tundra",
      weather: "aurora",
      timeOfDay: "night",
    });
  });

  it.each(Object.entries(SETTING_WORDS))("knows the place %s by its first word", (setting, words) => {
    expect(readSentence(`someone at the ${words[0]} in fair weather`, 1).setting).toBe(setting);
  });

  it.each(Object.entries(SUBJECT_WORDS))("knows the subject %s by its first word", (subject, words) => {
    expect(readSentence(`the ${words[0]} waits`, 1).subject).toBe(subject);
  });

  it.each(Object.entries(WEATHER_WORDS))("knows the weather %s by its first word", (weather, words) => {
    expect(readSentence(`something moves, ${words[0]}`, 1).weather).toBe(weather);
  });

  it("refuses an empty prompt and a wild number of scenes with a sentence", () => {
    expect(() => local.text.prepare(createRequest("storyboard", " "))).toThrow("storyboard needs a prompt");
    expect(() => local.text.prepare(createRequest("storyboard", "x", { scenes: 99 }))).toThrow(
      "params.scenes must be a number from 1 to 12; got 99.",
    );
  });

  it("warns of a parameter it does not know", () => {
    expect(local.text.prepare(createRequest("storyboard", "x", { mood: "sad" })).warnings).toEqual([
      { option: "params.mood", message: "storyboard does not know this parameter and ignores it." },
    ]);
  });
});
