import fc from "fast-check";
import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { outputCheck } from "../../test/output-check.js";
import { bytesOf, createRequest, runProvider } from "../../test/test-context.js";
import { local } from "../create-local.js";
import { blankImage } from "./blank-image.js";

const pass = { allowed: true };
const blank = (measured: string, mediaType = "image/png") => ({
  allowed: false,
  reason: `Asset 1 (${mediaType}) is blank: ${measured}.`,
});
const judge = async (bytes: Uint8Array | undefined, options = {}, mediaType = "image/png") =>
  blankImage(options).checkOutput?.(outputCheck("image", [mediaType, bytes]));

/** A picture of pixels as RGBA. */
function picture(width: number, height: number, colour: (x: number, y: number) => readonly number[]): Sharp {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data.set(colour(x, y), (y * width + x) * 4);
  }
  return sharp(data, { raw: { width, height, channels: 4 } });
}
const png = async (image: Sharp) => new Uint8Array(await image.png().toBuffer());
const grey = (value: number) => [value, value, value, 255];

describe("a blank picture", () => {
  it.each([
    ["white", [255, 255, 255, 255], "all pixels are within 0 of 255"],
    ["black", [0, 0, 0, 255], "all pixels are within 0 of 0"],
    ["coloured", [10, 20, 30, 255], "all pixels are within 0 of red 10, green 20, blue 30"],
    ["half transparent", [255, 255, 255, 51], "all pixels are within 0 of 51"],
    ["transparent", [255, 0, 0, 0], "all of it is transparent"],
  ] as const)("is refused when it is %s", async (_, colour, measured) => {
    expect(await judge(await png(picture(8, 4, () => colour)))).toEqual(blank(measured));
  });

  it("is told by what is seen, not by what transparency hides", async () => {
    const hidden = await png(picture(8, 4, (x, y) => [x * 30, y * 60, 7, 0]));
    expect(await judge(hidden)).toEqual(blank("all of it is transparent"));
    const blackOnNothing = await png(picture(8, 4, (x) => [0, 0, 0, x < 4 ? 255 : 0]));
    const whiteOnNothing = await png(picture(8, 4, (x) => [255, 255, 255, x < 4 ? 255 : 0]));
    expect(await judge(blackOnNothing)).toEqual(pass);
    expect(await judge(whiteOnNothing)).toEqual(pass);
  });

  it("is measured to the digit", async () => {
    // One pixel in eight is 252, so the mean is 254.625 and the furthest value 2.625 below it.
    const nearlyWhite = await png(picture(8, 4, (x) => grey(x === 0 ? 252 : 255)));
    expect(await judge(nearlyWhite, { minDeviation: 2.625 })).toEqual(pass);
    expect(await judge(nearlyWhite, { minDeviation: 2.626 })).toEqual(blank("all pixels are within 2.6 of 254.6"));
    const step = await png(picture(8, 4, (x) => grey(x < 4 ? 100 : 103)));
    expect(await judge(step, { minDeviation: 1.5 })).toEqual(pass);
    expect(await judge(step)).toEqual(blank("all pixels are within 1.5 of 101.5"));
    expect(await judge(step, { minDeviation: 0 })).toEqual(pass);
  });

  it.each([
    ["image/jpeg", (image: Sharp) => image.jpeg()],
    ["image/webp", (image: Sharp) => image.webp()],
    ["image/webp", (image: Sharp) => image.webp({ lossless: true })],
    ["image/gif", (image: Sharp) => image.gif()],
    ["image/png", (image: Sharp) => image.greyscale().png()],
    ["image/png", (image: Sharp) => image.toColourspace("rgb16").png()],
    ["image/png", (image: Sharp) => image.png({ palette: true })],
    ["image/jpeg", (image: Sharp) => image.toColourspace("cmyk").jpeg()],
  ] as const)("is found as %s, and what is drawn on it is seen", async (mediaType, encode) => {
    const even = await encode(picture(32, 32, () => grey(255))).toBuffer();
    expect(await judge(even, {}, mediaType)).toEqual(blank("all pixels are within 0 of 255", mediaType));
    const drawn = await encode(picture(32, 32, (x) => grey(x < 16 ? 255 : 200))).toBuffer();
    expect(await judge(drawn, {}, mediaType)).toEqual(pass);
  });

  it("is not one whose later frames show something", async () => {
    const frame = (value: number) =>
      picture(16, 16, (x) => grey(x < 8 ? 0 : value))
        .png()
        .toBuffer();
    const moving = async (...values: readonly number[]) =>
      sharp(await Promise.all(values.map(frame)), { join: { animated: true } })
        .gif()
        .toBuffer();
    expect(await judge(await moving(0, 200), {}, "image/gif")).toEqual(pass);
    expect(await judge(await moving(0, 0), {}, "image/gif")).toMatchObject({ allowed: false });
  });
});

describe("a picture that is no blank one", () => {
  it.each(["a fox in the snow", "a whale under the sea at night", "a boat in the fog", "a dark forest at midnight"])(
    "passes as it was painted, and darkened to a fiftieth: %s",
    async (prompt) => {
      const request = createRequest("scene-painter", prompt, { width: 320, height: 180 });
      const { assets } = await runProvider(local.image, request);
      const painted = bytesOf(assets[0]);
      expect(await judge(painted)).toEqual(pass);
      expect(await judge(await png(sharp(painted).linear(0.02, 0)))).toEqual(pass);
      expect(await judge(await sharp(painted).linear(0.05, 0).jpeg({ quality: 60 }).toBuffer())).toEqual(pass);
    },
  );

  it("passes with a single star in the night, and as a gradient too gentle to see", async () => {
    expect(await judge(await png(picture(64, 64, (x, y) => grey(x === 9 && y === 9 ? 30 : 0))))).toEqual(pass);
    expect(await judge(await png(picture(64, 64, (x) => grey(Math.floor(x / 12)))))).toEqual(pass);
  });

  it("passes as a title of few words on one colour", async () => {
    const svg =
      '<svg width="640" height="360"><rect width="640" height="360"/><rect x="9" width="2" height="1" fill="#333"/></svg>';
    expect(await judge(await png(sharp(new TextEncoder().encode(svg))))).toEqual(pass);
  });
});

describe("what is no picture", () => {
  const gap = (mediaType: string) => ({
    allowed: true,
    notChecked: `asset 1 (${mediaType}) was not looked at, since it is no PNG, JPEG, WebP or GIF`,
  });

  it("is let pass with a warning, whatever it says that it is, and never decoded", async () => {
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    expect(await judge(svg, {}, "image/svg+xml")).toEqual(gap("image/svg+xml"));
    expect(await judge(svg)).toEqual(gap("image/png"));
    expect(await judge(new Uint8Array(), {}, "video/mp4")).toEqual(gap("video/mp4"));
    expect(await judge(undefined)).toEqual({
      allowed: true,
      notChecked: "asset 1 (image/png) was not looked at, since only its URL is known",
    });
  });

  it("has nothing to be looked at when it is sound or text", async () => {
    expect(await judge(new Uint8Array(9), {}, "audio/wav")).toEqual(pass);
    expect(await judge(undefined, {}, "text/vtt")).toEqual(pass);
  });

  it("is refused when it begins as a picture and does not decode, wherever it is cut", async () => {
    const whole = await png(picture(16, 16, (x, y) => grey((x * 97 + y * 31) % 251)));
    const damaged = { allowed: false, reason: "Asset 1 (image/png) is damaged: it does not decode." };
    for (let length = 8; length < whole.length - 16; length += 7) {
      expect(await judge(whole.subarray(0, length))).toEqual(damaged);
    }
  });

  it("gives a verdict for any bytes behind a signature", async () => {
    const start = fc.constantFrom("\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "GIF89a", "RIFF\xff\0\0\0WEBPVP8 ");
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 200 }), async (head, rest) => {
        const bytes = Uint8Array.from([...Buffer.from(head, "latin1"), ...rest]);
        expect(typeof (await judge(bytes))?.allowed).toBe("boolean");
      }),
    );
  });

  it("is not unpacked when it is a picture of more than 40 million pixels", async () => {
    const large = await sharp({ create: { width: 8000, height: 5001, channels: 3, background: "#000" } })
      .png()
      .toBuffer();
    expect(await judge(large)).toEqual({
      allowed: true,
      notChecked: "asset 1 (image/png) was not looked at, since it has more than 40000000 pixels",
    });
  });

  it.each([
    [{ minDeviation: -1 }, 'option "minDeviation": a number from 0 to 127 is expected; the number -1 was given.'],
    [
      { minDeviation: "2" },
      'option "minDeviation": a number from 0 to 127 is expected; a value of type string was given.',
    ],
    [{ minDeviation: Number.NaN }, "the number NaN was given."],
    [{ deviation: 1 }, 'there is no option "deviation".'],
  ])("has no part in the options %j", (options, message) => {
    expect(() => Reflect.apply(blankImage, undefined, [options])).toThrow(message);
  });
});
