import { spawnSync } from "node:child_process";
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { GenblazeError, type Piece } from "@genblaze/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMemorySource } from "../src/binary/memory-source.js";
import { renderPieces } from "../src/binary/pieces.js";
import { recoverInPlace } from "../src/in-place/recover-in-place.js";
import { isTailEdit } from "../src/in-place/tail-edit.js";
import { hasPendingUndo } from "../src/in-place/undo-file.js";
import { encodeUndoRecord, sha256Of } from "../src/in-place/undo-record.js";
import { writeInPlace } from "../src/in-place/write-in-place.js";
import { mp4Handler } from "../src/mp4/mp4-handler.js";
import { pngHandler } from "../src/png/png-handler.js";
import { goldenBytes } from "./golden-rows.js";

const OLD = "kept bytes and the old end";
const KEPT = 10;
const text = (value: string) => Uint8Array.from(Buffer.from(value));
const copy = (end: number, start = 0): Piece => ({ kind: "copy", start, end });
const bytes = (value: string): Piece => ({ kind: "bytes", bytes: text(value) });

let folder = "";
let file = "";
let undo = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-in-place-"));
  file = join(folder, "clip.mp4");
  undo = join(folder, ".clip.mp4.genblaze-undo");
  await writeFile(file, OLD);
});
afterEach(() => rm(folder, { recursive: true }));

describe("pieces that only change the end", () => {
  const limit = 17 * 1024 * 1024;
  it.each<[string, Piece[], number, boolean]>([
    ["an appended box", [copy(20), bytes("box")], 20, true],
    ["a new end in two pieces", [copy(10), bytes("new"), bytes("end")], 20, true],
    ["a shorter file", [copy(10)], 20, true],
    ["the file itself", [copy(20)], 20, true],
    ["an old end of 17 MiB", [copy(10)], 10 + limit, true],
    ["an old end over 17 MiB", [copy(10)], 10 + limit + 1, false],
    ["an end that stays", [copy(10), bytes("new"), copy(20, 15)], 20, false],
    ["a new beginning", [bytes("new"), copy(20)], 20, false],
    ["a beginning that goes", [copy(20, 5), bytes("new")], 20, false],
    ["more than there is", [copy(30)], 20, false],
    ["nothing but new bytes", [bytes("new")], 20, false],
    ["nothing", [], 0, false],
  ])("are told from others: %s", (_, pieces, sizeBytes, isOne) => {
    expect(isTailEdit(pieces, sizeBytes)).toBe(isOne);
  });

  it("are those of an MP4 file, replaced and stripped as well, and not those of a PNG file", async () => {
    const video = goldenBytes("orig/mp4-video-only.mp4");
    const embedded = renderPieces(video, await mp4Handler.embed(createMemorySource(video), text("{}")));
    const replaced = await mp4Handler.embed(createMemorySource(embedded), text('{"a":1}'));
    const stripped = await mp4Handler.strip(createMemorySource(embedded));
    for (const pieces of [replaced, stripped]) expect(isTailEdit(pieces, embedded.length)).toBe(true);
    const image = goldenBytes("orig/png-rgb.png");
    expect(isTailEdit(await pngHandler.embed(createMemorySource(image), text("{}")), image.length)).toBe(false);
  });
});

describe("writeInPlace", () => {
  it.each([
    ["appends", [copy(OLD.length), bytes(" and more")], `${OLD} and more`],
    [
      "replaces the end by a longer one",
      [copy(KEPT), bytes(", and "), bytes("a new end that is long")],
      "kept bytes, and a new end that is long",
    ],
    ["replaces the end by a shorter one", [copy(KEPT), bytes("!")], "kept bytes!"],
    ["shortens", [copy(KEPT)], "kept bytes"],
    ["changes nothing", [copy(OLD.length)], OLD],
  ])("%s, in the same file, and leaves no undo file", async (_, pieces, expected) => {
    const before = await stat(file);
    await chmod(file, 0o640);
    await writeInPlace(file, pieces, OLD.length);
    expect(await readFile(file, "utf8")).toBe(expected);
    const after = await stat(file);
    expect([after.ino, after.mode & 0o777]).toEqual([before.ino, 0o640]);
    expect(await readdir(folder)).toEqual(["clip.mp4"]);
    expect(await recoverInPlace(file)).toBe("nothing");
  });

  it("follows a link and keeps its undo file next to the file itself", async () => {
    const elsewhere = join(folder, "elsewhere");
    await mkdir(elsewhere);
    const link = join(elsewhere, "link.mp4");
    await symlink(file, link);
    await writeFile(undo, "");
    expect(await hasPendingUndo(link)).toBe(true);
    expect(await recoverInPlace(link)).toBe("untouched");
    await writeInPlace(link, [copy(KEPT), bytes("!")], OLD.length);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readFile(file, "utf8")).toBe("kept bytes!");
    expect(await readdir(elsewhere)).toEqual(["link.mp4"]);
  });

  it("keeps a second writer out, whose error says what to do", async () => {
    await writeFile(undo, "");
    const error = await errorOf(writeInPlace(file, [copy(KEPT)], OLD.length));
    expect(error).toMatchObject({ code: "FILE_WRITE_FAILED", details: { path: file } });
    expect(error.message).toBe(
      `The file ${file} cannot be written in place: a writer is at work, ${undo} is there. ` +
        "Wait until it has ended; if it died, bring the file back with recoverInPlace.",
    );
    expect(await readFile(undo, "utf8")).toBe("");
    expect(await readFile(file, "utf8")).toBe(OLD);
  });

  it("lets one of many writers at a time through and never mixes two", async () => {
    const ends = ["one", "two", "three", "four", "five"];
    const pieces = (end: string) => [copy(KEPT), bytes(end.padEnd(OLD.length - KEPT, "."))];
    const outcomes = await Promise.allSettled(ends.map((end) => writeInPlace(file, pieces(end), OLD.length)));
    const written = ends.filter((_, index) => outcomes[index]?.status === "fulfilled");
    expect(written.length).toBeGreaterThan(0);
    const left = await readFile(file, "utf8");
    expect(written.map((end) => `kept bytes${end.padEnd(OLD.length - KEPT, ".")}`)).toContain(left);
    expect(await readdir(folder)).toEqual(["clip.mp4"]);
  });

  it("refuses a file that has changed its size, is a folder or is not there, and touches nothing", async () => {
    expect((await errorOf(writeInPlace(file, [copy(KEPT)], 99))).message).toBe(
      `The file ${file} cannot be written in place: it has 26 bytes and not 99 any more. ` +
        "Check that it is there, may be written and has not changed, or write a copy.",
    );
    for (const path of [folder, join(folder, "missing.mp4")]) {
      expect((await errorOf(writeInPlace(path, [copy(0)], 0))).code).toBe("FILE_WRITE_FAILED");
    }
    expect(await readFile(file, "utf8")).toBe(OLD);
    expect(await readdir(folder)).toEqual(["clip.mp4"]);
  });

  it("refuses pieces that change more than the end", async () => {
    const error = await errorOf(writeInPlace(file, [bytes("new"), copy(KEPT)], OLD.length));
    expect(error.code).toBe("INVALID_OPTION");
  });

  it("is cancelled before the file is touched", async () => {
    const cancelled = await errorOf(writeInPlace(file, [copy(KEPT)], OLD.length, { signal: AbortSignal.abort() }));
    expect(cancelled.code).toBe("CANCELLED");
    // Aborts when it is looked at for the second time: the undo file is then whole.
    let looks = 0;
    const late = {
      get aborted() {
        looks += 1;
        return looks > 1;
      },
      reason: "late",
    } as AbortSignal;
    expect((await errorOf(writeInPlace(file, [copy(KEPT)], OLD.length, { signal: late }))).code).toBe("CANCELLED");
    expect(looks).toBe(2);
    expect(await readFile(file, "utf8")).toBe(OLD);
    expect(await readdir(folder)).toEqual(["clip.mp4"]);
  });

  it("brings the old end back by itself when writing fails", async () => {
    const unwritable: Piece = { kind: "bytes", bytes: failingBytes() };
    const error = await errorOf(writeInPlace(file, [copy(KEPT), bytes("half"), unwritable], OLD.length));
    expect(error.code).toBe("FILE_WRITE_FAILED");
    expect(await readFile(file, "utf8")).toBe(OLD);
    expect(await readdir(folder)).toEqual(["clip.mp4"]);
  });
});

describe("recoverInPlace", () => {
  const guard = sha256Of(text(OLD.slice(0, KEPT)));
  const record = { originalSizeBytes: OLD.length, keptBytes: KEPT, guard, oldTail: text(OLD.slice(KEPT)) };
  const whole = encodeUndoRecord(record);

  it("reads the undo file of version 1", () => {
    expect(Buffer.from(whole).toString("hex")).toBe(
      `${Buffer.from("genblaze-undo\0\0\x01").toString("hex")}000000000000001a000000000000000a` +
        `${Buffer.from(guard).toString("hex")}${Buffer.from(OLD.slice(KEPT)).toString("hex")}` +
        Buffer.from(sha256Of(whole.subarray(0, -32))).toString("hex"),
    );
  });

  it.each(["kept bytes", "kept bytes, ne", "kept bytes and a new end, much longer than before"])(
    "restores %j",
    async (damaged) => {
      await writeFile(file, damaged);
      await writeFile(undo, whole);
      expect(await hasPendingUndo(file)).toBe(true);
      expect(await recoverInPlace(file)).toBe("restored");
      expect(await readFile(file, "utf8")).toBe(OLD);
      expect(await hasPendingUndo(file)).toBe(false);
      expect(await recoverInPlace(file)).toBe("nothing");
    },
  );

  it("takes a torn undo file for one of an untouched file, wherever it is torn", async () => {
    for (let end = 0; end < whole.length; end += 1) {
      await writeFile(undo, whole.subarray(0, end));
      expect(await recoverInPlace(file)).toBe("untouched");
    }
    for (const offset of [0, 15, 20, 30, 70, whole.length - 1]) {
      const damaged = Uint8Array.from(whole);
      damaged[offset] = (damaged[offset] ?? 0) ^ 1;
      await writeFile(undo, damaged);
      expect(await recoverInPlace(file)).toBe("untouched");
    }
    expect(await readFile(file, "utf8")).toBe(OLD);
    expect(await readdir(folder)).toEqual(["clip.mp4"]);
  });

  it("does not believe sizes that do not belong together, nor reads an undo file of any size", async () => {
    await writeFile(undo, encodeUndoRecord({ ...record, originalSizeBytes: 2 ** 50 }));
    expect(await recoverInPlace(file)).toBe("untouched");
    const handle = await open(undo, "w");
    await handle.truncate(2 ** 33);
    await handle.close();
    expect(await recoverInPlace(file)).toBe("untouched");
    expect(await readFile(file, "utf8")).toBe(OLD);
  });

  it.each(["kept", "other file that is longer than the old one"])(
    "does not put the old end into another file that took the place: %j",
    async (content) => {
      await writeFile(file, content);
      await writeFile(undo, whole);
      const error = await errorOf(recoverInPlace(file));
      expect(error.code).toBe("FILE_WRITE_FAILED");
      expect(error.message).toBe(
        `The file ${file} cannot be written in place: it is not the file that its undo file belongs to. ` +
          "Check the file, its folder and its undo file next to it; remove the undo file to keep the file as it is.",
      );
      expect(await readFile(file, "utf8")).toBe(content);
      expect(await readFile(undo)).toEqual(Buffer.from(whole));
    },
  );

  it("keeps an undo file of a newer version, and its file as it is", async () => {
    const newer = Uint8Array.from(whole);
    newer[15] = 2;
    await writeFile(undo, newer);
    const error = await errorOf(recoverInPlace(file));
    expect([error.code, error.message]).toEqual(["FILE_WRITE_FAILED", expect.stringContaining("of version 2")]);
    expect(await readFile(file, "utf8")).toBe(OLD);
    expect(await hasPendingUndo(file)).toBe(true);
  });

  it("fails with FILE_NOT_FOUND for a file that is not there", async () => {
    expect((await errorOf(recoverInPlace(join(folder, "missing.mp4")))).code).toBe("FILE_NOT_FOUND");
    expect(await hasPendingUndo(join(folder, "missing.mp4"))).toBe(false);
    await rename(file, join(folder, "other.mp4"));
    expect(await hasPendingUndo(file)).toBe(false);
  });
});

describe("a process that is killed", () => {
  const OPERATIONS = [
    "create .clip.mp4.genblaze-undo",
    "write .clip.mp4.genblaze-undo",
    "sync .clip.mp4.genblaze-undo",
    "sync folder",
    "write clip.mp4",
    "sync clip.mp4",
    "truncate clip.mp4",
    "sync clip.mp4",
    "remove .clip.mp4.genblaze-undo",
    "sync folder",
  ];
  const NEW = "kept bytes, new end";
  const end = NEW.slice(KEPT);

  it("does its operations in an order in which each is lasting before the next needs it", () => {
    expect(runChild("write", end, "none").operations).toEqual(OPERATIONS);
  });

  it.each(points(OPERATIONS))(
    "while it writes, at operation $number $half, leaves a file that is brought back",
    async ({ number, half }) => {
      expect(runChild("write", end, number, half).signal).toBe("SIGKILL");
      const isPending = await hasPendingUndo(file);
      const isUntouched = number < 5 && !(number === 4 && half === "half");
      expect(isPending).toBe(number > 0 && number < 9);
      if (isPending) expect((await stat(undo)).mode & 0o777).toBe(0o600);
      else expect(await readFile(file, "utf8")).toBe(number === 0 ? OLD : NEW);
      if (isUntouched) expect(await readFile(file, "utf8")).toBe(OLD);
      const isTorn = number === 1;
      expect(await recoverInPlace(file)).toBe(isPending ? (isTorn ? "untouched" : "restored") : "nothing");
      expect(await readFile(file, "utf8")).toBe(number === 9 ? NEW : OLD);
      expect(await readdir(folder)).toEqual(["clip.mp4"]);
    },
  );

  it.each([
    [4, "half"],
    [5, ""],
  ] as const)("while it appends, at operation %s %s, leaves a file that is brought back", async (number, half) => {
    expect(runChild("write", " and the old end, and far more behind it", number, half).signal).toBe("SIGKILL");
    expect(await readFile(file, "utf8")).not.toBe(OLD);
    expect(await recoverInPlace(file)).toBe("restored");
    expect(await readFile(file, "utf8")).toBe(OLD);
  });

  const RECOVERY = [
    "write clip.mp4",
    "truncate clip.mp4",
    "sync clip.mp4",
    "remove .clip.mp4.genblaze-undo",
    "sync folder",
  ];
  it.each(points(RECOVERY))(
    "while it recovers, at operation $number $half, is made up for by the next recovery",
    async ({ number, half }) => {
      await copyFile(file, join(folder, "before"));
      expect(runChild("write", end, 7).signal).toBe("SIGKILL");
      expect(await readFile(file, "utf8")).toBe(NEW);
      expect(runChild("recover", "", number, half).signal).toBe("SIGKILL");
      expect(await recoverInPlace(file)).toBe(number === 4 ? "nothing" : "restored");
      expect(await readFile(file)).toEqual(await readFile(join(folder, "before")));
      expect(await hasPendingUndo(file)).toBe(false);
    },
  );
});

/** Before each operation, and in the middle of each write. */
function points(operations: readonly string[]): { number: number; half: "" | "half" }[] {
  return operations.flatMap((name, number) => {
    const halves = name.startsWith("write") ? (["", "half"] as const) : ([""] as const);
    return halves.map((half) => ({ number, half }));
  });
}

function runChild(mode: "write" | "recover", end: string, last: number | "none", half = "") {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const child = fileURLToPath(new URL("in-place-child.ts", import.meta.url));
  const node = ["--import", loader, "--conditions=@genblaze/source", child];
  const result = spawnSync(process.execPath, [...node, mode, file, String(KEPT), end, String(last), half], {
    encoding: "utf8",
  });
  if (result.signal === null && result.status !== 0) throw new Error(result.stderr);
  return { signal: result.signal, operations: result.stdout.split("\n") };
}

/** Bytes that say a length but cannot be written, as a disk that is full. */
function failingBytes(): Uint8Array {
  return new Proxy(new Uint8Array(4), {
    get(target, key) {
      return key === "length" ? 4 : Reflect.get(target, key);
    },
  });
}

async function errorOf(work: Promise<unknown>): Promise<GenblazeError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!GenblazeError.isInstance(thrown)) throw new Error("expected a GenblazeError", { cause: thrown });
  return thrown;
}
