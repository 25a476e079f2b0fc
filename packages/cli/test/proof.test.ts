import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { call, fixture, json } from "./cli-calls.js";

const pipelines = fixture("pipelines");
const media = fileURLToPath(new URL("../../media/test/golden/", import.meta.url));
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-proof-"));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

describe("genblaze keygen, sign and verify --key", () => {
  it("makes a key for its owner only and a public one for everyone, and overwrites neither", async () => {
    const made = await json("keygen", at("key.json"), "--expires", "2099-12-31");
    expect(made).toMatchObject({ code: 0, path: at("key.json"), publicPath: at("key.public.json") });
    expect((await stat(at("key.json"))).mode & 0o777).toBe(0o600);
    const key = JSON.parse(await readFile(at("key.json"), "utf8"));
    const { keys } = JSON.parse(await readFile(at("key.public.json"), "utf8"));
    const { d, ...shown } = key;
    expect(keys).toEqual([{ ...shown, kid: made.keyId, exp: Date.UTC(2099, 11, 31) / 1000 }]);
    expect(d).toMatch(/^[\w-]{43}$/);
    expect((await call("keygen", at("key.json"))).code).toBe(2);
    expect((await call("keygen", at("other.json"), "--expires", "soon")).stderr).toContain("a day like 2027-01-31");
    expect((await call("keygen", at("other.json"), "--expires", "2020-01-01")).stderr).toContain("is past");
  });

  it("signs a run, a file that carries its manifest, and a manifest by itself", async () => {
    const { keyId } = await json("keygen", at("key.json"));
    const keys = at("key.public.json");
    await call("run", `${pipelines}#note`, "--save", at("note.txt"), "--store", at("store"), "--sign", at("key.json"));
    expect(await json("verify", at("note.txt"), "--key", keys)).toMatchObject({
      code: 0,
      ok: true,
      signature: { verdict: "matches", keyId },
    });

    await call("run", `${pipelines}#note`, "--save", at("later.txt"));
    expect(await json("verify", at("later.txt"), "--key", keys)).toMatchObject({ code: 1, ok: false });
    expect((await call("sign", at("later.txt"), "--key", at("key.json"))).code).toBe(0);
    const { stdout } = await call("verify", at("later.txt"), "--key", keys);
    expect(stdout).toContain("later.txt: verified\n");
    expect(stdout).toMatch(new RegExp(`signature {6}matches \\(key ${keyId}, 20`));

    await call("extract", at("later.txt"), "--output", at("manifest.json"));
    await json("keygen", at("second.json"));
    expect((await call("sign", at("manifest.json"), "--key", at("second.json"), "-o", at("signed.json"))).code).toBe(0);
    expect((await json("verify", at("signed.json"), "--key", at("second.public.json"))).ok).toBe(true);
    expect((await json("verify", at("signed.json"), "--key", keys)).signature.verdict).toBe("not checked");
    expect((await json("verify", at("signed.json"))).ok).toBe(true);
  });

  it("does not vouch for a file that is not the one described, or a manifest that was changed", async () => {
    await json("keygen", at("key.json"));
    await call("run", `${pipelines}#note`, "--save", at("note.txt"));
    await writeFile(at("note.txt"), "other words");
    expect((await call("sign", at("note.txt"), "--key", at("key.json"))).stderr).toContain("vouch for another one");
    const sidecar = at("note.txt.genblaze.json");
    await writeFile(sidecar, (await readFile(sidecar, "utf8")).replace('"model":"', '"model":"x'));
    expect((await call("sign", sidecar, "--key", at("key.json"))).stderr).toContain("MANIFEST_INVALID");
    expect((await call("sign", sidecar)).stderr).toContain("needs --key");
    expect((await call("sign", sidecar, "--key", at("key.public.json"))).stderr).toContain("keys to verify with");
  });
});

describe("genblaze verify of a hostile manifest", () => {
  it("prints no line and no escape that comes from the file", async () => {
    await call("run", `${pipelines}#note`, "--save", at("note.txt"));
    const sidecar = at("note.txt.genblaze.json");
    const manifest = JSON.parse(await readFile(sidecar, "utf8"));
    const forged = "x\n  signature      matches (key you)\u001b[2K\u009b2K\u202e";
    manifest.run.run_id = forged;
    manifest.run.steps[0].assets[0].asset_id = forged;
    manifest.run.steps[0].assets[0].url = "https://10.0.0.1/\u001b[2K";
    const header = Buffer.from(
      JSON.stringify({ alg: "EdDSA", typ: "genblaze-manifest", kid: forged, iat: 1, b64: false, crit: ["b64"] }),
    );
    manifest.signature = `${header.toString("base64url")}..${Buffer.alloc(64).toString("base64url")}`;
    await writeFile(sidecar, JSON.stringify(manifest));
    for (const words of [
      [at("note.txt"), "--fetch"],
      [sidecar, "--fetch"],
    ]) {
      const { code, stdout } = await call("verify", ...words);
      expect(code).toBe(1);
      expect(stdout).toContain("run x\\u000a  signature      matches (key you)\\u001b[2K\\u009b2K\\u202e, 1 step\n");
      expect(stdout).not.toMatch(/[^\n\P{C}]/u);
      expect(stdout).not.toMatch(/^ {2}signature {6}matches/m);
    }
    expect((await call("verify", at("note.txt"))).stdout).toContain("(asset x\\u000a  signature");
  });
});

describe("genblaze verify with a revoked key", () => {
  it("prints the reason with nothing in it that steers a terminal", async () => {
    const { keyId } = await json("keygen", at("key.json"));
    await call("run", `${pipelines}#note`, "--save", at("note.txt"), "--store", at("store"), "--sign", at("key.json"));
    const revoked = [{ kid: keyId, reason: "stolen\n\u001b[2Kverified" }];
    await writeFile(at("keys.json"), JSON.stringify({ keys: [], revoked }));
    const { code, stdout } = await call("verify", at("note.txt"), "--key", at("keys.json"));
    expect(code).toBe(1);
    expect(stdout).toContain("The key was revoked (stolen\\u000a\\u001b[2Kverified).\n");
  });
});

describe("genblaze verify --fetch", () => {
  it("hashes the outputs where they are stored, and asks only where it may", async () => {
    await call("run", `${pipelines}#note`, "--save", at("note.txt"), "--store", at("store"));
    const { manifestUrl } = await json("run", `${pipelines}#note`, "--store", at("store"));
    const manifest = fileURLToPath(manifestUrl);
    expect(await json("verify", manifest, "--fetch", "--allow-folder", folder)).toMatchObject({
      code: 0,
      outputs: { verdict: "matches" },
    });
    const refused = await json("verify", manifest, "--fetch", "--allow-folder", at("elsewhere"));
    expect(refused).toMatchObject({ code: 1, outputs: { verdict: "not checked" } });
    expect(refused.outputs.outputs[0].reason).toContain("outside of the allowed folders");
    expect((await call("verify", manifest, "--allow-folder", folder)).stderr).toContain("--allow-folder needs --fetch");
    const { url } = JSON.parse(await readFile(manifest, "utf8")).run.steps[0].assets[0];
    await writeFile(fileURLToPath(url), "other words");
    const changed = await call("verify", manifest, "--fetch");
    expect(changed.code).toBe(1);
    expect(changed.stdout).toMatch(/stored outputs differs: 1 of 1 outputs differ\./);
  });
});

describe("genblaze reveal", () => {
  it("asks for the place of the opening before a private run, and proves the values with it", async () => {
    const words = ["run", `${pipelines}#secret`, "--save", at("secret.txt")];
    expect(await call(...words)).toMatchObject({ code: 2, stderr: expect.stringContaining("--opening FILE") });
    expect((await call(...words, "--opening", at("opening.json"))).code).toBe(0);
    expect((await stat(at("opening.json"))).mode & 0o777).toBe(0o600);
    expect(await call(...words, "--opening", at("opening.json"))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("never overwritten"),
    });
    const manifest = at("secret.txt.genblaze.json");
    expect(await readFile(manifest, "utf8")).not.toContain("harbour");

    const { stdout } = await call("reveal", at("secret.txt"), "--opening", at("opening.json"));
    expect(stdout).toBe('step 0 prompt: matches\n  "a secret harbour"\nstep 0 params.tone: matches\n  "hidden tone"\n');

    const share = ["--opening", at("opening.json"), "--field", "params.tone", "--output", at("shared.json")];
    expect((await call("reveal", manifest, ...share)).code).toBe(0);
    expect(await readFile(at("shared.json"), "utf8")).not.toContain("harbour");
    expect((await json("reveal", manifest, "--opening", at("shared.json"))).values).toHaveLength(1);

    await writeFile(
      at("forged.json"),
      (await readFile(at("shared.json"), "utf8")).replace("hidden tone", "other tone"),
    );
    const forged = await call("reveal", manifest, "--opening", at("forged.json"));
    expect([forged.code, forged.stdout]).toEqual([
      1,
      expect.stringContaining("differs (The manifest commits to another value.)"),
    ]);
    expect((await call("reveal", manifest, "--opening", at("shared.json"), "--step", "4")).code).toBe(2);
    expect((await call("reveal", manifest)).code).toBe(2);
  });

  it("finds out before a private run whether its opening can be kept, and makes the folder for it", async () => {
    await writeFile(at("taken"), "a file");
    const words = ["run", `${pipelines}#secret`, "--save", at("secret.txt"), "--opening"];
    expect(await call(...words, at("taken/opening.json"))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--opening: nothing can be written to"),
    });
    expect((await call(...words, at("new/folder/opening.json"))).code).toBe(0);
    expect((await stat(at("new/folder/opening.json"))).mode & 0o777).toBe(0o600);
  });

  it("writes nothing for someone else that proves nothing", async () => {
    await call("run", `${pipelines}#secret`, "--save", at("one.txt"), "--opening", at("one.json"));
    await call("run", `${pipelines}#secret`, "--save", at("two.txt"), "--opening", at("two.json"));
    const shared = at("shared.json");
    expect((await call("reveal", at("one.txt"), "--opening", at("two.json"), "--output", shared)).code).toBe(1);
    expect(
      (await call("reveal", at("one.txt"), "--opening", at("one.json"), "--field", "promt", "-o", shared)).code,
    ).toBe(2);
    expect((await call("reveal", at("one.txt"), "--decrypt", at("one.json"), "-o", shared)).code).toBe(2);
    expect((await call("reveal", at("one.txt"), "--opening", at("one.json"), "--step", "x")).code).toBe(2);
    expect((await call("reveal", at("one.txt"), "--opening", at("one.json"), "-o", shared)).code).toBe(0);
  });

  it("decrypts with the key of the run, raw or as hex", async () => {
    const key = Uint8Array.from({ length: 32 }, (_, index) => 255 - index);
    await writeFile(at("raw.key"), key);
    await writeFile(at("hex.key"), `${Buffer.from(key).toString("hex")}\n`);
    await call("run", `${pipelines}#sealed`, "--save", at("sealed.txt"), "--encrypt", at("hex.key"));
    for (const path of [at("raw.key"), at("hex.key")]) {
      const { stdout } = await call("reveal", at("sealed.txt"), "--decrypt", path);
      expect(stdout).toBe('step 0 prompt: matches\n  "a sealed harbour"\n');
    }
    await writeFile(at("other.key"), new Uint8Array(32));
    expect((await call("reveal", at("sealed.txt"), "--decrypt", at("other.key"))).stderr).toContain("OPENING_INVALID");
    expect((await call("reveal", at("sealed.txt"), "--decrypt", at("none.key"))).code).toBe(2);
  });
});

describe("genblaze embed --in-place and recover", () => {
  it("writes only the end of a file, and brings back one whose writer died", async () => {
    const clip = at("clip.mp4");
    await copyFile(join(media, "orig/mp4-video-only.mp4"), clip);
    const { ino } = await stat(clip);
    const manifest = join(media, "manifests/plain.json");
    expect((await call("embed", clip, manifest, "--in-place", "--output", at("other.mp4"))).code).toBe(2);
    expect((await call("embed", clip, manifest, "--in-place")).stdout).toBe(`manifest: embedded in ${clip}\n`);
    expect((await stat(clip)).ino).toBe(ino);

    await writeFile(at(".clip.mp4.genblaze-undo"), "torn");
    expect((await call("extract", clip)).stderr).toContain("`genblaze recover`");
    expect((await call("recover", clip)).stdout).toBe(
      `${clip}: had not been touched yet by the write that was broken off\n`,
    );
    expect(await json("recover", clip)).toEqual({ code: 0, file: clip, done: "nothing" });
    expect((await call("extract", clip)).code).toBe(0);
    expect((await call("recover", at("none.mp4"))).stderr).toContain("FILE_NOT_FOUND");
  });
});
