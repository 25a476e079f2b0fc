import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { local } from "../src/index.js";
import { bytesOf, createRequest, createTestContext, runProvider, toInputs } from "./test-context.js";

const SMALL = { width: 160, height: 90 };
const paint = (prompt: string, params = {}) =>
  runProvider(local.image, createRequest("scene-painter", prompt, { ...SMALL, ...params }));

describe("scene-painter", () => {
  it("gives the same bytes twice, other bytes for another sentence, and PNGs that decode", async () => {
    const [first, again, other] = await Promise.all([
      paint("a fox in the snow"),
      paint("a fox in the snow"),
      paint("a boat on the sea"),
    ]);
    expect(bytesOf(first.assets[0])).toEqual(bytesOf(again.assets[0]));
    expect(bytesOf(first.assets[0])).not.toEqual(bytesOf(other.assets[0]));
    expect(await sharp(bytesOf(first.assets[0])).metadata()).toMatchObject({
      format: "png",
      width: 160,
      height: 90,
      channels: 3,
    });
    expect(first.assets).toHaveLength(1);
  });

  it("paints a visibly other picture for another sentence", async () => {
    const sentences = [
      "a fox in the snow",
      "a paper boat in a rainy street",
      "a camel in the desert",
      "a whale under the sea",
    ];
    const pictures = await Promise.all(
      sentences.map(async (sentence) => {
        const { assets } = await paint(sentence);
        return sharp(bytesOf(assets[0])).removeAlpha().raw().toBuffer();
      }),
    );
    // Mean distance of the colour values, 0 to 255. The nearest two of these pictures are 36 apart.
    const distance = (one: Buffer, two: Buffer) =>
      one.reduce((sum, value, index) => sum + Math.abs(value - (two[index] ?? 0)), 0) / one.length;
    for (const [index, one] of pictures.entries()) {
      for (const two of pictures.slice(index + 1)) expect(distance(one, two)).toBeGreaterThan(15);
    }
  });

  it("gives transparent layers with depth and motion behind the key frame", async () => {
    const { assets } = await paint("a paper boat in a rainy street", { layers: true });
    expect(assets.length).toBeGreaterThan(5);
    expect(assets[0]?.metadata).toMatchObject({ layer: "key-frame", motion: "push-in" });
    expect(assets[1]?.metadata).toMatchObject({ layer: "sky", depth: 0, layerMotion: { parallax: 0.06 } });
    const last = await sharp(bytesOf(assets.at(-1))).stats();
    expect(last.isOpaque).toBe(false);
  });

  it.each([
    [{ width: 161 }, "params.width must be an even number from 64 to 1920; got 161."],
    [{ layers: "yes" }, 'params.layers must be true or false; got "yes".'],
    [{ scene: { setting: "moonbase" } }, "params.scene.setting must be one of sea"],
  ])("refuses %j", (params, message) => {
    expect(() => local.image.prepare(createRequest("scene-painter", "a fox", params))).toThrow(message);
  });
});

describe("parallax", () => {
  it("gives the same clip twice, with the promised length and no clock time", async () => {
    const { assets } = await paint("a paper boat in a rainy street", { layers: true });
    const clip = () =>
      runProvider(
        local.video,
        createRequest(
          "parallax",
          "x",
          { ...SMALL, durationSeconds: 0.5, title: "Rain", fade: true },
          toInputs("image", assets),
        ),
      );
    const [first, again] = await Promise.all([clip(), clip()]);
    expect(bytesOf(first.assets[0])).toEqual(bytesOf(again.assets[0]));
    expect(first.assets[0]).toMatchObject({ mediaType: "video/mp4", width: 160, height: 90, durationSeconds: 0.5 });
  });

  it("moves a lone picture", async () => {
    const { assets } = await paint("a boat on the sea");
    const { assets: clips } = await runProvider(
      local.video,
      createRequest("parallax", "x", { ...SMALL, durationSeconds: 0.5, effects: ["snow"] }, toInputs("image", assets)),
    );
    expect(bytesOf(clips[0]).length).toBeGreaterThan(1000);
  });

  it("ends with CANCELLED at once when the signal fires", async () => {
    const { assets } = await paint("a boat on the sea", { layers: true });
    const controller = new AbortController();
    const context = createTestContext(() => controller.abort(), controller.signal);
    const running = runProvider(
      local.video,
      createRequest("parallax", "x", { ...SMALL, durationSeconds: 60 }, toInputs("image", assets)),
      context,
    );
    await expect(running).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("refuses a step without a picture and a length beyond a minute", () => {
    expect(() => local.video.prepare(createRequest("parallax", "x"))).toThrow("parallax needs a picture");
    const inputs = toInputs("image", [{ mediaType: "image/png", bytes: new Uint8Array(1) }]);
    expect(() => local.video.prepare(createRequest("parallax", "x", { durationSeconds: 61 }, inputs))).toThrow(
      "must be a number from 0.5 to 60; got 61.",
    );
    expect(() => local.video.prepare(createRequest("parallax", "x", { effects: ["confetti"] }, inputs))).toThrow(
      "an effect must be one of rain",
    );
  });
});
