import { ALL_FORMATS, BufferSource, Input } from "mediabunny";
import { describe, expect, it } from "vitest";
import { local } from "../src/index.js";
import { bytesOf, createRequest, runProvider, toInputs } from "./test-context.js";

const SMALL = { width: 160, height: 90 };

async function makeParts() {
  const { assets } = await runProvider(
    local.image,
    createRequest("scene-painter", "a boat on the sea", { ...SMALL, layers: true }),
  );
  const clip = (name: string) =>
    runProvider(
      local.video,
      createRequest("parallax", name, { ...SMALL, durationSeconds: 1 }, toInputs("image", assets)),
    );
  const [one, two, voice, music] = await Promise.all([
    clip("one"),
    clip("two"),
    runProvider(local.speech, createRequest("formant", "A boat.", { durationSeconds: 2 })),
    runProvider(local.music, createRequest("score", "calm", { durationSeconds: 2 })),
  ]);
  return [
    ...toInputs("one", one.assets),
    ...toInputs("two", two.assets),
    ...toInputs("voice", voice.assets),
    ...toInputs("music", music.assets),
  ];
}

function clockFields(file: Uint8Array): readonly number[] {
  const text = Buffer.from(file).toString("latin1");
  const view = new DataView(file.buffer, file.byteOffset);
  return ["mvhd", "tkhd", "mdhd"].flatMap((box) => {
    const found: number[] = [];
    for (let at = text.indexOf(box); at >= 0; at = text.indexOf(box, at + 4))
      found.push(view.getUint32(at + 8), view.getUint32(at + 12));
    return found;
  });
}

describe("film", () => {
  it("joins clips and sound to one mp4 with captions, the same bytes twice", async () => {
    const inputs = await makeParts();
    const [film, again] = await Promise.all(
      [0, 1].map(() => runProvider(local.compose, createRequest("film", undefined, {}, inputs))),
    );
    const bytes = bytesOf(film?.assets[0]);
    expect(bytes).toEqual(bytesOf(again?.assets[0]));
    const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
    const tracks = await input.getTracks();
    expect(tracks.map((track) => track.codec).sort()).toEqual(["aac", "avc"]);
    expect(Math.abs((await input.computeDuration()) - 2)).toBeLessThan(0.5);
    expect(clockFields(bytes)).toEqual(Array(10).fill(0));
    const captions = new TextDecoder().decode(bytesOf(film?.assets[1]));
    expect(captions).toMatch(/^WEBVTT\n\n1\n00:00:00\.000 --> 00:00:0\d\.\d{3}\nA boat\.\n$/);
  });

  it("refuses to compose without a clip, or with a sound that is no wav", () => {
    expect(() => local.compose.prepare(createRequest("film", undefined))).toThrow("film needs at least one mp4 clip");
    const inputs = toInputs("x", [
      { mediaType: "video/mp4", bytes: new Uint8Array(1), durationSeconds: 1 },
      { mediaType: "audio/mpeg", bytes: new Uint8Array(1) },
    ]);
    expect(() => local.compose.prepare(createRequest("film", undefined, {}, inputs))).toThrow("film mixes wav only");
  });
});
