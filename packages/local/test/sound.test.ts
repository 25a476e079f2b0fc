import { describe, expect, it } from "vitest";
import { local } from "../src/index.js";
import { readWav } from "../src/wav/wav.js";
import { bytesOf, createRequest, runProvider } from "./test-context.js";

const speak = (text: string, params = {}) => runProvider(local.speech, createRequest("formant", text, params));
const play = (text: string, params = {}) =>
  runProvider(local.music, createRequest("score", text, { durationSeconds: 3, ...params }));

function measure(wav: Uint8Array): { peak: number; rms: number; crossings: number } {
  const sound = readWav(wav);
  if (sound === undefined) throw new Error("This is no wav.");
  let peak = 0;
  let power = 0;
  let crossings = 0;
  for (let index = 1; index < sound.left.length; index++) {
    const sample = sound.left[index] ?? 0;
    peak = Math.max(peak, Math.abs(sample));
    power += sample * sample;
    if (sample >= 0 !== (sound.left[index - 1] ?? 0) >= 0) crossings++;
  }
  return {
    peak,
    rms: Math.sqrt(power / sound.left.length),
    crossings: crossings / (sound.left.length / sound.sampleRate),
  };
}

describe("formant", () => {
  it("speaks the same bytes twice, neither silent nor clipped, and times every word", async () => {
    const [first, again, other] = await Promise.all([
      speak("The rain keeps falling."),
      speak("The rain keeps falling."),
      speak("The sun goes down."),
    ]);
    const wav = bytesOf(first.assets[0]);
    expect(wav).toEqual(bytesOf(again.assets[0]));
    expect(wav).not.toEqual(bytesOf(other.assets[0]));
    const { peak, rms } = measure(wav);
    expect(peak).toBeLessThan(0.99);
    expect(rms).toBeGreaterThan(0.03);
    const timings = first.assets[0]?.audio?.wordTimings ?? [];
    expect(timings.map(({ word }) => word)).toEqual(["The", "rain", "keeps", "falling"]);
    expect(timings.every(({ start, end }) => end > start)).toBe(true);
  });

  it("hisses higher than it hums", async () => {
    const [hiss, hum] = await Promise.all([speak("sssss sss"), speak("moon moon")]);
    expect(measure(bytesOf(hiss.assets[0])).crossings).toBeGreaterThan(3 * measure(bytesOf(hum.assets[0])).crossings);
  });

  it("places lines at their times in a wav of the asked length", async () => {
    const lines = [
      { text: "One.", startSeconds: 0.5 },
      { text: "Two.", startSeconds: 2 },
    ];
    const { assets } = await speak("One. Two.", { lines, durationSeconds: 3 });
    expect(assets[0]?.durationSeconds).toBe(3);
    expect(assets[0]?.metadata).toMatchObject({
      lines: [
        { text: "One.", start: 0.5 },
        { text: "Two.", start: 2 },
      ],
    });
  });

  it("refuses lines that are none", () => {
    expect(() => local.speech.prepare(createRequest("formant", "x", { lines: [{ text: "x" }] }))).toThrow(
      "params.lines[0].startSeconds must be a number",
    );
    expect(() => local.speech.prepare(createRequest("formant", "x", { voice: "opera" }))).toThrow(
      "params.voice must be one of warm, bright, deep",
    );
  });
});

describe("score", () => {
  it("plays the same bytes twice, and other moods otherwise, neither silent nor clipped", async () => {
    const [first, again, other] = await Promise.all([play("calm"), play("calm"), play("calm", { mood: "tense" })]);
    expect(bytesOf(first.assets[0])).toEqual(bytesOf(again.assets[0]));
    expect(bytesOf(first.assets[0])).not.toEqual(bytesOf(other.assets[0]));
    const { peak, rms } = measure(bytesOf(first.assets[0]));
    expect(peak).toBeLessThan(0.8);
    expect(rms).toBeGreaterThan(0.03);
    expect(first.assets[0]).toMatchObject({
      mediaType: "audio/wav",
      durationSeconds: 3,
      audio: { sampleRate: 44100, channels: 2 },
    });
  });

  it("refuses a key there is not", () => {
    expect(() => local.music.prepare(createRequest("score", "x", { key: "H" }))).toThrow(
      'params.key must be a key like C, F# or Bb; got "H".',
    );
  });
});
