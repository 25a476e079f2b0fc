import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outputCheck } from "../../test/output-check.js";
import { bytesOf, createRequest, runProvider } from "../../test/test-context.js";
import { local } from "../create-local.js";
import { writeWav } from "../wav/wav.js";
import { silentAudio } from "./silent-audio.js";

const pass = { allowed: true };
const judge = async (bytes: Uint8Array | undefined, options = {}, mediaType = "audio/wav") =>
  silentAudio(options).checkOutput?.(outputCheck("audio", [mediaType, bytes]));
const silent = (measured: string) => ({ allowed: false, reason: `Asset 1 (audio/wav) is silent: ${measured}.` });
const damaged = (problem: string) => ({ allowed: false, reason: `Asset 1 (audio/wav) is damaged: ${problem}.` });
const gap = (problem: string) => ({ allowed: true, notChecked: `asset 1 (audio/wav) was not listened to: ${problem}` });
const peakOf = (peakDb: string) => silent(`its peak is ${peakDb} dB; at least -60 dB is expected`);
const flat = silent("no sample differs from the others of its channel");

interface WavForm {
  readonly tag?: number;
  readonly bits?: number;
  readonly channels?: number;
  readonly riff?: string;
  readonly dataSize?: number;
  readonly riffSize?: number;
  readonly isExtensible?: boolean;
  readonly frameBytes?: number;
  /** Whole chunks before the data. */
  readonly before?: readonly number[];
  readonly after?: readonly number[];
}

const ascii = (text: string) => [...Buffer.from(text, "latin1")];
const le = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** index) & 255);
const chunk = (id: string, body: readonly number[], size = body.length) => [...ascii(id), ...le(size, 4), ...body];

/** A WAV file around the bytes of its samples. */
function wav(samples: readonly number[], form: WavForm = {}): Uint8Array {
  const { tag = 1, bits = 16, channels = 1, riff = "RIFF", isExtensible = false, before = [], after = [] } = form;
  const { frameBytes = (channels * bits) / 8, dataSize = samples.length } = form;
  const plain = [
    ...le(isExtensible ? 0xfffe : tag, 2),
    ...le(channels, 2),
    ...le(8000, 4),
    ...le(8000 * frameBytes, 4),
    ...le(frameBytes, 2),
    ...le(bits, 2),
  ];
  const extension = [...le(22, 2), ...le(bits, 2), ...le(0, 4), ...le(tag, 2), ...le(0, 14)];
  const body = [
    ...ascii("WAVE"),
    ...before,
    ...chunk("fmt ", isExtensible ? [...plain, ...extension] : plain),
    ...chunk("data", samples, dataSize),
    ...after,
  ];
  return Uint8Array.from([...ascii(riff), ...le(form.riffSize ?? body.length, 4), ...body]);
}

const whole = (bits: number, ...values: readonly number[]) =>
  values.flatMap((value) => le(value < 0 ? value + 2 ** bits : value, bits / 8));
const float = (...values: readonly number[]) => [...new Uint8Array(Float32Array.from(values).buffer)];
const double = (...values: readonly number[]) => [...new Uint8Array(Float64Array.from(values).buffer)];

describe("a silent sound", () => {
  it.each([
    ["zeros", wav(whole(16, 0, 0, 0)), flat],
    ["one value all the time", wav(whole(16, 9000, 9000)), flat],
    ["8 bits that stand at their middle", wav([128, 128], { bits: 8 }), flat],
    ["no samples", wav([]), silent("it has no samples")],
    ["half a sample", wav([7]), silent("it has no samples")],
    // 20 * log10(32 / 32768) = -60.206
    ["a peak of 32 in 16 bits", wav(whole(16, 0, 32, -31)), peakOf("-60.2")],
    ["a lowest sample of -32 in 16 bits", wav(whole(16, 0, -32, 31)), peakOf("-60.2")],
    // 20 * log10(1 / 32768) = -90.309
    ["the last bit of 16", wav(whole(16, 0, 1)), peakOf("-90.3")],
    ["the last bit of 24", wav(whole(24, 0, -1), { bits: 24 }), peakOf("-138.5")],
    ["the last bit of 32", wav(whole(32, 0, 1), { bits: 32 }), peakOf("-186.6")],
    ["floats of 0.0001", wav(float(0, 0.0001), { tag: 3, bits: 32 }), peakOf("-80.0")],
    ["floats that are no number", wav(float(Number.NaN, Number.NaN), { tag: 3, bits: 32 }), flat],
    ["doubles of 0.0001", wav(double(0, -0.0001), { tag: 3, bits: 64 }), peakOf("-80.0")],
    ["two silent channels", wav(whole(16, 0, 5, 0, 5, 0, 5), { channels: 2 }), flat],
    ["an extensible header", wav(whole(24, 0, 1), { bits: 24, isExtensible: true }), peakOf("-138.5")],
  ])("is refused: %s", async (_, bytes, verdict) => {
    expect(await judge(bytes)).toEqual(verdict);
  });

  it.each([
    // 20 * log10(33 / 32768) = -59.939
    ["a peak of 33 in 16 bits", wav(whole(16, 0, 33))],
    ["a lowest sample of -33", wav(whole(16, 0, -33))],
    // One step of 8 bits is -42.1 dB.
    ["one step of 8 bits", wav([128, 129], { bits: 8 })],
    ["24 bits", wav(whole(24, 0, -8389), { bits: 24 })],
    ["32 bits", wav(whole(32, 0, 2_147_484), { bits: 32 })],
    ["floats of 0.0011", wav(float(0, 0.0011), { tag: 3, bits: 32 })],
    ["floats beyond full scale", wav(float(Number.NaN, 0, Number.POSITIVE_INFINITY), { tag: 3, bits: 32 })],
    ["the second channel", wav(whole(16, 0, 0, 0, 900), { channels: 2 })],
    ["a chunk before, of odd size", wav(whole(16, 0, 900), { before: [...chunk("LIST", [1, 2, 3]), 0] })],
    ["sizes that were never filled in", wav(whole(16, 0, 900), { riffSize: 0, dataSize: 0 })],
    ["sizes of all ones", wav(whole(16, 0, 900), { riffSize: 0xffffffff, dataSize: 0xffffffff })],
    ["a size beyond the end", wav(whole(16, 0, 900), { dataSize: 1000 })],
  ])("is none with %s", async (_, bytes) => {
    expect(await judge(bytes)).toEqual(pass);
  });

  it("is measured up to the end of its sound, not in the chunks behind it", async () => {
    const after = chunk("LIST", [255, 127, 255, 127]);
    expect(await judge(wav(whole(16, 0, 0), { after }))).toEqual(flat);
    const ds64 = chunk("ds64", [...le(0, 8), ...le(4, 8), ...le(0, 12)]);
    const large = { riff: "RF64", riffSize: 0xffffffff, dataSize: 0xffffffff, before: ds64, after };
    expect(await judge(wav(whole(16, 0, 0), large))).toEqual(flat);
    expect(await judge(wav(whole(16, 0, 900), large))).toEqual(pass);
  });

  it("is measured against the peak that was asked for", async () => {
    const half = wav(whole(16, 0, 16384));
    expect(await judge(half, { minPeakDb: -6.1 })).toEqual(pass);
    expect(await judge(half, { minPeakDb: -6 })).toEqual(silent("its peak is -6.0 dB; at least -6 dB is expected"));
    expect(await judge(wav(whole(16, 0, -32768)), { minPeakDb: 0 })).toEqual(pass);
  });

  it("is told from the sounds of the local providers, at full loudness and at a hundredth of it", async () => {
    const score = await runProvider(local.music, createRequest("score", "calm", { durationSeconds: 2 }));
    const speech = await runProvider(local.speech, createRequest("formant", "Good night."));
    for (const { assets } of [score, speech]) expect(await judge(bytesOf(assets[0]))).toEqual(pass);
    const tone = (volume: number) => Float32Array.from({ length: 800 }, (_, index) => volume * Math.sin(index / 5));
    expect(await judge(writeWav([tone(0.01)], 8000))).toEqual(pass);
    expect(await judge(writeWav([tone(0), tone(0.01)], 8000))).toEqual(pass);
    expect(await judge(writeWav([tone(0), tone(0)], 8000))).toEqual(flat);
  });
});

describe("what is no sound of a known form", () => {
  it("is let pass with a warning when it is written in another way", async () => {
    expect(await judge(wav([1, 2], { tag: 7, bits: 8 }))).toEqual(gap("its sound is written in encoding 7"));
    expect(await judge(wav([1, 2], { bits: 12, frameBytes: 2 }))).toEqual(gap("its samples have 12 bits"));
    const other = "was not listened to, since it is no WAV file";
    const notWav = (mediaType: string) => ({ allowed: true, notChecked: `asset 1 (${mediaType}) ${other}` });
    expect(await judge(Uint8Array.from(ascii("ID3\x04")), {}, "audio/mpeg")).toEqual(notWav("audio/mpeg"));
    expect(await judge(new Uint8Array(50), {}, "video/mp4")).toEqual(notWav("video/mp4"));
    expect(await judge(wav([], { riff: "RIFX" }))).toEqual(notWav("audio/wav"));
    expect(await judge(new Uint8Array())).toEqual(notWav("audio/wav"));
  });

  it("has nothing to be listened to when it is a picture or a text", async () => {
    expect(await judge(new Uint8Array(9), {}, "image/png")).toEqual(pass);
    expect(await judge(undefined, {}, "text/vtt")).toEqual(pass);
    expect(await judge(undefined)).toEqual({
      allowed: true,
      notChecked: "asset 1 (audio/wav) was not looked at, since only its URL is known",
    });
  });

  it("is refused when it is a damaged WAV file", async () => {
    const bytes = wav(whole(16, 0, 900));
    expect(await judge(bytes.subarray(0, 12))).toEqual(damaged("it does not say how its sound is written"));
    expect(await judge(bytes.subarray(0, 36))).toEqual(damaged("it has no sound chunk"));
    expect(await judge(wav([1, 2], { channels: 0 }))).toEqual(damaged("0 channels of 16 bits do not take 0 bytes"));
    expect(await judge(wav([1, 2], { frameBytes: 3 }))).toEqual(damaged("1 channels of 16 bits do not take 3 bytes"));
  });

  it("ends its walk at a thousand chunks", async () => {
    const empty = Array.from({ length: 1000 }, () => chunk("junk", [])).flat();
    expect(await judge(wav(whole(16, 0, 900), { before: empty }))).toEqual(
      damaged("it does not say how its sound is written"),
    );
  });

  it("gives a verdict wherever a file is cut, and for any bytes behind its head", async () => {
    const bytes = wav(whole(24, 0, 900, 5, -70), { bits: 24, isExtensible: true, before: chunk("LIST", [1, 2]) });
    for (let length = 0; length <= bytes.length; length += 1) {
      expect(typeof (await judge(bytes.subarray(0, length)))?.allowed).toBe("boolean");
    }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(12), async (noise, at) => {
        const noisy = bytes.slice();
        noisy.set(noise.subarray(0, Math.max(0, bytes.length - 12 - at)), 12 + at);
        expect(typeof (await judge(noisy))?.allowed).toBe("boolean");
      }),
    );
  });

  it.each([
    [{ minPeakDb: 1 }, 'option "minPeakDb": a number from -200 to 0 is expected; the number 1 was given.'],
    [{ minPeakDb: null }, 'option "minPeakDb": '],
    [{ peak: 1 }, 'there is no option "peak".'],
  ])("has no part in the options %j", (options, message) => {
    expect(() => Reflect.apply(silentAudio, undefined, [options])).toThrow(message);
  });
});
