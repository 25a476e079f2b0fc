import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GenblazeError } from "@genblaze/core";
import { parseManifest } from "@genblaze/core/manifest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { embedManifest, embedManifestBytes, extractManifest, stripManifest, verifyFile } from "../src/index.js";
import { goldenBytes, goldenText } from "./golden-rows.js";
import { manifestBox, mp4Box, mp4Of, pngChunk, pngOf, riffChunk, wavOf } from "./made-samples.js";

const manifest = parseManifest(goldenText("manifests/plain.json"));
const AGAIN = "Get the file again from where it came.";
const text = (value: string) => Uint8Array.from(Buffer.from(value, "latin1"));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-media-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function place(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function errorOf(work: Promise<unknown>): Promise<GenblazeError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (GenblazeError.isInstance(thrown)) return thrown;
  throw new Error(`no GenblazeError: ${String(thrown)}`);
}

/** Message without the folder, which is another one in each run. */
async function messageOf(work: Promise<unknown>): Promise<string> {
  return (await errorOf(work)).message.replaceAll(`${folder}/`, "");
}

describe("messages name the file and say what to do", () => {
  it("says that a file is damaged or truncated, where, and to get it again", async () => {
    const moov = mp4Of([mp4Box("mdat", text("media")), mp4Box("moov", new Uint8Array(40))]);
    const start = moov.length - 48;
    const cut = await place("film.mp4", moov.subarray(0, -1));
    expect(await messageOf(stripManifest(cut))).toBe(
      `film.mp4: This MP4 file is truncated: its moov box at byte ${start} is cut off. ${AGAIN}`,
    );
    moov.set(Uint8Array.of(0, 0, 0, 7), start);
    const damaged = await place("small.mp4", moov);
    expect(await messageOf(stripManifest(damaged))).toBe(
      `small.mp4: This MP4 file is damaged: its moov box at byte ${start} is smaller than its own header. ${AGAIN}`,
    );
    moov.set(Uint8Array.of(0, 0, 0, 1), start);
    moov.set(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 15), start + 8);
    expect(await messageOf(stripManifest(await place("large.mp4", moov)))).toBe(
      `large.mp4: This MP4 file is damaged: its moov box at byte ${start} is smaller than its own header. ${AGAIN}`,
    );
    const png = pngOf([pngChunk("IDAT", text("pixels"))]);
    const idat = Buffer.from(png).indexOf("IDAT") - 4;
    expect(await messageOf(extractManifest(await place("cut.png", png.subarray(0, idat + 9))))).toBe(
      `cut.png: This is no whole PNG file: the chunk at byte ${idat} is truncated. ${AGAIN}`,
    );
    png.set(Uint8Array.of(0xff, 0xff, 0xff, 0xff), idat);
    expect(await messageOf(verifyFile(await place("bad.png", png)))).toBe(
      `bad.png: This is no whole PNG file: the chunk at byte ${idat} is damaged, its length is impossible. ${AGAIN}`,
    );
    expect(await messageOf(extractManifest(await place("not.wav", text("no sound"))))).toBe(
      `not.wav: This is no WAV file: it has no RIFF/WAVE header. ${AGAIN}`,
    );
  });

  it("keeps code and cause of such an error and adds its file to the details", async () => {
    const path = await place("not.wav", text("no sound"));
    const error = await errorOf(extractManifest(path));
    expect(error).toMatchObject({ code: "MEDIA_MALFORMED", isRetryable: false, details: { path } });
    expect(error.cause).toMatchObject({ code: "MEDIA_MALFORMED" });
    const relative = await place("form.wav", wavOf([]));
    await writeFile(relative, text("RIFX\0\0\0\0WAVE"));
    const refused = await errorOf(stripManifest(relative));
    expect(refused).toMatchObject({ code: "MEDIA_UNSUPPORTED", details: { form: "RIFX", path: relative } });
    expect(refused.message).toBe(
      `${relative}: This is a big-endian WAV file (RIFX), so it cannot be changed. Put its manifest into a sidecar.`,
    );
  });

  it("says the same of bytes, which have no name", async () => {
    const cut = goldenBytes("orig/png-rgb.png").subarray(0, 20);
    const expected = `This is no whole PNG file: the chunk at byte 8 is truncated. ${AGAIN}`;
    expect(await messageOf(extractManifest(cut))).toBe(expected);
    expect(await messageOf(embedManifestBytes(cut, manifest))).toBe(expected);
    expect(await messageOf(embedManifestBytes(text("text"), manifest))).toBe(
      "No handler knows this kind of media. Store its manifest in a sidecar next to it.",
    );
    const result = await embedManifest(cut, manifest, { output: join(folder, "cut.png") });
    expect(result).toMatchObject({ method: "sidecar", reason: expected });
  });

  it("says where a manifest was looked for, and to embed one", async () => {
    const path = await place("none.png", goldenBytes("orig/png-rgb.png"));
    expect(await messageOf(verifyFile(path))).toBe(
      "none.png carries no manifest and none.png.genblaze.json is not there. " +
        "Embed one, or give the file that was saved with one.",
    );
    expect(await messageOf(extractManifest(goldenBytes("orig/wav-pcm8.wav")))).toBe(
      "These bytes carry no manifest. Embed one, or give the file that was saved with one.",
    );
  });

  it("says that a file without a manifest may be cut off, and not so of padding and placeholders", async () => {
    const movie = mp4Of([mp4Box("mdat", text("media"))]);
    const signed = mp4Of([mp4Box("mdat", text("media")), manifestBox("{}")]);
    const sound = wavOf([riffChunk("data", text("abcd"))]);
    const files = [
      ["box.mp4", signed.subarray(0, -1), movie.length],
      ["list.wav", Buffer.concat([sound, text("LIST\x10\0\0\0INFOIMFL")]), sound.length],
      ["data.wav", sound.subarray(0, -1), sound.length - 12],
    ] as const;
    for (const [name, bytes, cut] of files) {
      expect(await messageOf(verifyFile(await place(name, bytes)))).toBe(
        `${name} carries no manifest and ${name}.genblaze.json is not there; the file may be cut off, ` +
          `what begins at byte ${cut} is not whole. Get the file again from where it came, or give the file that was saved with one.`,
      );
    }
    const whole = [
      ["padded.mp4", Buffer.concat([movie, new Uint8Array(100)])],
      ["newline.mp4", Buffer.concat([movie, text("\r\n")])],
      ["piped.wav", wavOf([riffChunk("data", text("abcd"), 0xffff_ffff)], new Uint8Array(), 0xffff_ffff)],
    ] as const;
    for (const [name, bytes] of whole) {
      expect(await messageOf(verifyFile(await place(name, bytes)))).toBe(
        `${name} carries no manifest and ${name}.genblaze.json is not there. ` +
          "Embed one, or give the file that was saved with one.",
      );
    }
  });

  it("names a file that is not there, or is a folder, and says what to check", async () => {
    expect(await messageOf(extractManifest(join(folder, "missing.png")))).toMatch(
      /^The file missing\.png cannot be read: ENOENT.*\. Check the path and its permissions\.$/,
    );
    expect(await messageOf(verifyFile(folder))).toMatch(
      / it is no regular file\. Check the path and its permissions\.$/,
    );
  });

  it("names the file or the sidecar that declares too large a manifest", async () => {
    const limit = 16 * 1024 * 1024;
    const advice = "Get the file again from where it came, or read its manifest from where it is stored.";
    const inside = await place("large.mp4", mp4Of([manifestBox("x".repeat(limit + 1))]));
    expect(await messageOf(extractManifest(inside))).toBe(
      `large.mp4: The manifest in this MP4 file has ${limit + 1} bytes, the limit is ${limit}. ${advice}`,
    );
    const beside = await place("page.txt", text("text"));
    await truncate(await place("page.txt.genblaze.json", text("{}")), limit + 1);
    const error = await errorOf(extractManifest(beside));
    expect(error.details).toEqual({ sizeBytes: limit + 1, limitBytes: limit, path: `${beside}.genblaze.json` });
    expect(error.message.replaceAll(`${folder}/`, "")).toBe(
      `page.txt.genblaze.json: The manifest in this sidecar file has ${limit + 1} bytes, the limit is ${limit}. ${advice}`,
    );
  });
});
