import { describe, expect, it } from "vitest";
import { outputCheck, part } from "../../test/guard-support.js";
import { messageOf } from "../../test/thrown.js";
import type { OutputPart } from "./guard.js";
import { outputFormat } from "./output-format.js";
import type { OutputFormatOptions } from "./output-limits.js";

const png = "\x89PNG\r\n\x1a\n";
const judge = (options: OutputFormatOptions, ...assets: readonly OutputPart[]) =>
  outputFormat(options).checkOutput?.(outputCheck({ assets }));
const pass = { allowed: true };
const no = (reason: string) => ({ allowed: false, reason });

describe("the format of an output", () => {
  it.each([
    ["image/png", png],
    ["IMAGE/PNG; q=1", png],
    ["image/jpeg", "\xff\xd8\xff\xe0"],
    ["image/webp", "RIFF\x10\0\0\0WEBP"],
    ["image/gif", "GIF89a"],
    ["image/gif", "GIF87a"],
    ["image/avif", "\0\0\0\x20ftypavif"],
    ["image/avif", "\0\0\0\x20ftypmif1"],
    ["image/heic", "\0\0\0\x20ftypheic"],
    ["video/mp4", "\0\0\0\x20ftypisom"],
    ["audio/mp4", "\0\0\0\x20ftypM4A "],
    ["video/quicktime", "\0\0\0\x20ftypqt  "],
    ["video/quicktime", "\0\0\0\x20moov"],
    ["video/webm", "\x1a\x45\xdf\xa3"],
    ["audio/mpeg", "ID3\x04"],
    ["audio/mpeg", "\xff\xfb\x90\x00"],
    ["audio/mpeg", "\xff\xf3\x44\xc4"],
    ["audio/aac", "\xff\xf1\x50\x80"],
    ["audio/wav", "RIFF\x10\0\0\0WAVE"],
    ["audio/x-wav", "RF64\xff\xff\xff\xffWAVE"],
    ["audio/flac", "fLaC"],
    ["audio/ogg", "OggS"],
    ["application/pdf", "%PDF-1.7"],
    ["text/plain", "words"],
    ["application/json", "{}"],
    ["image/svg+xml", "<svg"],
  ])("knows %s by its beginning %j", async (mediaType, bytes) => {
    expect(await judge({}, part(mediaType, bytes))).toEqual(pass);
  });

  it.each([
    ["image/png", "\xff\xd8\xff\xe0", "JPEG"],
    ["image/jpeg", png, "PNG"],
    ["text/plain", png, "PNG"],
    ["image/x-own", png, "PNG"],
    ["image/avif", "\0\0\0\x20ftypisom", "MP4"],
    ["video/mp4", "\0\0\0\x20ftypavif", "AVIF"],
    ["image/png", "<html>", "something else"],
    ["image/png", "\x89PNG\r\n\x1a", "something else"],
    ["audio/mpeg", "\xff\xff\xff\xff", "something else"],
    ["audio/wav", "RIFF\x10\0\0\0WEBP", "WebP"],
    ["application/pdf", "", "something else"],
  ])("refuses %s that begins with %j", async (mediaType, bytes, kind) => {
    expect(await judge({}, part(mediaType, bytes))).toEqual(no(`Asset 1 (${mediaType}) begins like ${kind}.`));
  });

  it("says what it could not compare", async () => {
    expect(await judge({}, part("image/tiff", "II*\0"), part("image/png"))).toEqual({
      allowed: true,
      notChecked:
        "asset 1 (image/tiff) was not compared with its first bytes, as files of its type are not known here; " +
        "asset 2 (image/png) was not compared with its first bytes, as only its URL is known",
    });
  });

  it.each([
    ["a type of the list", { mediaTypes: ["image/webp", "image/png"] }, {}, pass],
    ["a type of the family", { mediaTypes: ["Image/*"] }, {}, pass],
    [
      "another type",
      { mediaTypes: ["image/webp", "video/*"] },
      {},
      no("Asset 1 (image/png) is none of image/webp, video/*."),
    ],
    ["enough bytes", { minBytes: 8, maxBytes: 8 }, {}, pass],
    ["too few bytes", { minBytes: 9 }, {}, no("Asset 1 (image/png) has 8 bytes; at least 9 is expected.")],
    [
      "too many bytes",
      { maxBytes: 7 },
      { sizeBytes: 1 },
      no("Asset 1 (image/png) has 8 bytes; at most 7 is expected."),
    ],
    ["enough width", { minWidth: 512, maxWidth: 512 }, { width: 512 }, pass],
    [
      "too little width",
      { minWidth: 513 },
      { width: 512n },
      no("Asset 1 (image/png) has 512 pixels across; at least 513 is expected."),
    ],
    [
      "too much height",
      { maxHeight: 9 },
      { height: 10 },
      no("Asset 1 (image/png) has 10 pixels down; at most 9 is expected."),
    ],
    ["the ratio", { aspectRatio: "16:9" }, { width: 1920, height: 1080 }, pass],
    ["nearly the ratio", { aspectRatio: "16:9" }, { width: 1344, height: 768 }, pass],
    [
      "another ratio",
      { aspectRatio: "16:9" },
      { width: 1024, height: 1024 },
      no("Asset 1 (image/png) is 1024 by 1024 pixels; an aspect ratio of 16:9 is expected."),
    ],
    [
      "a ratio as a number",
      { aspectRatio: 2 },
      { width: 205, height: 100 },
      no("Asset 1 (image/png) is 205 by 100 pixels; an aspect ratio of 2 is expected."),
    ],
    ["no length, since a picture has none", { minSeconds: 1 }, {}, pass],
    [
      "no sizes",
      { minWidth: 1, minHeight: 1, aspectRatio: 1 },
      {},
      {
        allowed: true,
        notChecked:
          "asset 1 (image/png) does not say how many pixels across it has; " +
          "asset 1 (image/png) does not say how many pixels down it has; " +
          "asset 1 (image/png) does not say its width and height",
      },
    ],
  ] as const)("judges a picture with %s", async (_, options, facts, verdict) => {
    expect(await judge(options, part("image/png", png, facts))).toEqual(verdict);
  });

  it("asks sounds and films for their length, and takes the recorded size of bytes that are not here", async () => {
    const sound = (duration: number | null) => part("audio/flac", "fLaC", { duration });
    expect(await judge({ minSeconds: 2, maxSeconds: 3, minWidth: 9 }, sound(2.5))).toEqual(pass);
    expect(await judge({ minSeconds: 2 }, sound(1.5))).toEqual(
      no("Asset 1 (audio/flac) has 1.5 seconds; at least 2 is expected."),
    );
    expect(await judge({ minSeconds: 2 }, sound(null))).toEqual({
      allowed: true,
      notChecked: "asset 1 (audio/flac) does not say how many seconds it has",
    });
    expect(await judge({ maxBytes: 5 }, part("video/mp4", undefined, { sizeBytes: 6 }))).toEqual(
      no("Asset 1 (video/mp4) has 6 bytes; at most 5 is expected."),
    );
  });

  it("refuses a later asset, whatever could not be checked of an earlier one", async () => {
    expect(await judge({ minWidth: 2 }, part("image/png"), part("image/png", png, { width: 1 }))).toEqual(
      no("Asset 2 (image/png) has 1 pixels across; at least 2 is expected."),
    );
  });

  it.each([
    [{ mediaTypes: ["png"] }, 'option "mediaTypes.0": a media type like image/png or image/* is expected'],
    [{ mediaTypes: [] }, 'option "mediaTypes": at least one media type is expected; a list of 0 was given.'],
    [{ minWidth: 2, maxWidth: 1 }, 'option "minWidth" must not be above "maxWidth"; 2 and 1 were given.'],
    [{ aspectRatio: "wide" }, 'option "aspectRatio": a ratio like "16:9" or a number above 0 is expected'],
    [{ aspectRatio: "16:0" }, 'option "aspectRatio": a ratio like "16:9" or a number above 0 is expected'],
    [{ aspectRatio: 0 }, 'option "aspectRatio": a ratio like "16:9" or a number above 0 is expected'],
    [{ minBytes: -1 }, 'option "minBytes": 0 or more is expected; the number -1 was given.'],
    [{ maxSeconds: "1" }, 'option "maxSeconds": seconds are expected; a string was given.'],
    [{ width: 1 }, 'there is no option "width".'],
  ])("refuses the options %j", (options, message) => {
    expect(messageOf(() => Reflect.apply(outputFormat, undefined, [options]))).toContain(
      `outputFormat(options): ${message}`,
    );
  });
});
