import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GenblazeError } from "@genblaze/core";
import { parseManifest } from "@genblaze/core/manifest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as media from "../src/index.js";
import { goldenBytes, goldenText } from "./golden-rows.js";

const manifest = parseManifest(goldenText("manifests/plain.json"));
const carrier = goldenBytes("orig/png-rgb.png");

let folder = "";
let input = "";
let before: Uint8Array;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-media-"));
  input = join(folder, "in.png");
  before = await media.embedManifestBytes(carrier, manifest);
  await writeFile(input, before);
});
afterEach(() => rm(folder, { recursive: true }));

/** Calls as JavaScript can: whatever the types say. */
async function refusal(name: keyof typeof media, ...values: readonly unknown[]): Promise<string> {
  const work: unknown = Reflect.get(media, name);
  if (typeof work !== "function") throw new Error(`${name} is no function`);
  const thrown: unknown = await Reflect.apply(work, undefined, values).then(
    () => "no error",
    (error: unknown) => error,
  );
  const untouched = Buffer.compare(await readFile(input), before) === 0 && (await readdir(folder)).length === 1;
  if (!untouched) return "touched";
  return GenblazeError.isInstance(thrown) ? `${thrown.code}: ${thrown.message}` : String(thrown);
}

describe("arguments that do not fit", () => {
  it("leaves the input alone when an option is misspelt, and says what was meant", async () => {
    const where = [
      ["embedManifest", [input, manifest, { ouput: "out.png" }], "output"],
      ["stripManifest", [input, { ouput: "out.png" }], "output"],
      ["extractManifest", [input, { mediatype: "image/png" }], "mediaType"],
      ["verifyFile", [input, { singal: AbortSignal.abort() }], "signal"],
      ["embedManifestBytes", [carrier, manifest, { mediatype: "image/png" }], "mediaType"],
      ["stripManifestBytes", [carrier, { mediatype: "image/png" }], "mediaType"],
      ["embedManifest", [input, manifest, { policy: { embedmode: "none" } }], "embedMode"],
    ] as const;
    for (const [name, values, meant] of where) {
      const said = await refusal(name, ...values);
      expect(said).toMatch(new RegExp(`^INVALID_OPTION: ${name}\\b.*Did you mean "${meant}"`));
    }
  });

  it.each([
    ["output", ""],
    ["output", 1],
    ["output", null],
    ["mediaType", 1],
    ["signal", {}],
    ["signal", "now"],
  ])("refuses option %s with the value %j", async (name, value) => {
    const expected = expect.stringMatching(
      new RegExp(`^INVALID_OPTION: \\w+: .* for option "${name}"; .* was given\\.$`),
    );
    expect(await refusal("embedManifest", input, manifest, { [name]: value })).toEqual(expected);
    expect(await refusal("stripManifest", input, { [name]: value })).toEqual(expected);
    if (name === "output") return;
    expect(await refusal("extractManifest", input, { [name]: value })).toEqual(expected);
    expect(await refusal("verifyFile", input, { [name]: value })).toEqual(expected);
    if (name === "signal") return;
    expect(await refusal("embedManifestBytes", carrier, manifest, { [name]: value })).toEqual(expected);
    expect(await refusal("stripManifestBytes", carrier, { [name]: value })).toEqual(expected);
  });

  it("refuses a policy and a sha256 that no one could mean", async () => {
    for (const options of [
      { sha256: "yes" },
      { policy: null },
      { policy: "pointer" },
      { policy: { embedMode: "pionter" } },
      { policy: { includeSeed: 0 } },
      { policy: { promptVisibility: "hidden" } },
    ]) {
      expect(await refusal("embedManifest", input, manifest, options)).toMatch(/^INVALID_OPTION: embedManifest\b/);
    }
  });

  it("takes every policy that exists, but for those that would break the hash", async () => {
    for (const promptVisibility of ["public", "redacted", "encrypted"] as const) {
      const policy = { promptVisibility, embedMode: "full", includeParams: true, includeSeed: true } as const;
      expect(await media.embedManifest(input, manifest, { policy })).toEqual({ method: "embedded", path: input });
    }
  });

  it("refuses options that are null, or no object", async () => {
    for (const options of [null, "out.png", ["out.png"]]) {
      const expected = expect.stringMatching(/^INVALID_OPTION: \w+: an options object is expected; /);
      expect(await refusal("embedManifest", input, manifest, options)).toEqual(expected);
      expect(await refusal("stripManifest", input, options)).toEqual(expected);
      expect(await refusal("extractManifest", input, options)).toEqual(expected);
      expect(await refusal("verifyFile", input, options)).toEqual(expected);
      expect(await refusal("embedManifestBytes", carrier, manifest, options)).toEqual(expected);
      expect(await refusal("stripManifestBytes", carrier, options)).toEqual(expected);
    }
  });

  it("refuses a manifest that is none", async () => {
    for (const none of [{}, undefined, null, manifest.toCanonicalJson()]) {
      const expected = expect.stringMatching(/^INVALID_OPTION: \w+: a Manifest .* is expected for the manifest; /);
      expect(await refusal("embedManifest", input, none)).toEqual(expected);
      expect(await refusal("embedManifestBytes", carrier, none)).toEqual(expected);
    }
  });

  it("refuses media that is neither a path nor bytes", async () => {
    for (const none of [undefined, null, "", 7, {}, new ArrayBuffer(8)]) {
      const expected = expect.stringMatching(
        /^INVALID_OPTION: \w+: a (path|Uint8Array|path or a Uint8Array) is expected/,
      );
      expect(await refusal("embedManifest", none, manifest)).toEqual(expected);
      expect(await refusal("stripManifest", none)).toEqual(expected);
      expect(await refusal("extractManifest", none)).toEqual(expected);
      expect(await refusal("verifyFile", none)).toEqual(expected);
      expect(await refusal("embedManifestBytes", none, manifest)).toEqual(expected);
      expect(await refusal("stripManifestBytes", none)).toEqual(expected);
    }
    expect(await refusal("stripManifest", carrier, { output: input })).toMatch(/^INVALID_OPTION: /);
    expect(await refusal("stripManifestBytes", input)).toMatch(/^INVALID_OPTION: /);
  });

  it("takes an option that is undefined for one that is not given", async () => {
    const options = { output: undefined, mediaType: undefined, signal: undefined };
    expect(await refusal("stripManifest", input, options)).toBe("touched");
  });
});
