import { describe, expect, it } from "vitest";
import { fixedGuard, outputCheck, promptCheck } from "../../test/guard-support.js";
import { codeOf, messageOf } from "../../test/thrown.js";
import { allOf } from "./all-of.js";
import { anyOf } from "./any-of.js";
import type { Guard, GuardVerdict } from "./guard.js";
import { onlyFor } from "./only-for.js";
import { outputFormat } from "./output-format.js";
import { textLimits } from "./text-limits.js";

const yes = () => fixedGuard("yes", { allowed: true });
const blind = (gap: string) => fixedGuard("blind", { allowed: true, notChecked: gap });
const no = (reason: string, ...categories: string[]) => fixedGuard("no", { allowed: false, reason, categories });
const ask = async (guard: Guard): Promise<GuardVerdict | undefined> => guard.checkPrompt?.(promptCheck("x"));

describe("all of several guards", () => {
  it("ask in order, and stop at the first rejection", async () => {
    const [first, second, third] = [blind("a"), no("B.", "b"), no("C.")];
    expect(await ask(allOf(first, second, third))).toEqual({ allowed: false, reason: "B.", categories: ["b"] });
    expect([first.asked, second.asked, third.asked]).toEqual([["x"], ["x"], []]);
  });

  it("tell all that was not checked", async () => {
    expect(await ask(allOf(blind("a"), yes(), blind("b"), blind("a")))).toEqual({ allowed: true, notChecked: "a; b" });
    expect(await ask(allOf(yes(), yes()))).toEqual({ allowed: true });
  });

  it("look where at least one of them looks", async () => {
    expect(allOf(textLimits()).checkOutput).toBe(undefined);
    expect(allOf(outputFormat()).checkPrompt).toBe(undefined);
    const both = allOf(textLimits(), outputFormat({ mediaTypes: ["image/png"] }));
    expect(both.name).toBe("all of (text limits, output format)");
    expect(await both.checkPrompt?.(promptCheck("x".repeat(9000)))).toMatchObject({ allowed: false });
    expect(await both.checkOutput?.(outputCheck())).toEqual({ allowed: true });
  });
});

describe("any of several guards", () => {
  it("pass at the first yes and ask no further", async () => {
    const last = no("B.");
    expect(await ask(anyOf(no("A."), yes(), last))).toEqual({ allowed: true });
    expect(last.asked).toEqual([]);
  });

  it("refuse with all reasons when none says yes", async () => {
    expect(await ask(anyOf(no("A.", "a"), no("B.", "b", "a")))).toEqual({
      allowed: false,
      reason: "A. B.",
      categories: ["a", "b"],
    });
  });

  it("take a guard that could not look neither for a yes nor for a no", async () => {
    expect(await ask(anyOf(blind("a"), no("B.")))).toEqual({ allowed: false, reason: "B." });
    expect(await ask(anyOf(blind("a"), yes()))).toEqual({ allowed: true });
    expect(await ask(anyOf(blind("a"), blind("b")))).toEqual({ allowed: true, notChecked: "a; b" });
  });
});

describe("a guard for some steps only", () => {
  it.each([
    [{ modality: "image" }, true],
    [{ modality: ["video", "image"] }, true],
    [{ modality: "audio" }, false],
    [{ steps: ["poster"] }, true],
    [{ steps: ["post"] }, false],
    [{ modality: "image", steps: ["other"] }, false],
    [{ modality: "audio", steps: ["poster"] }, false],
    [{ modality: "image", steps: ["poster", "other"] }, true],
  ] as const)("with %j looks at the image step poster: %s", async (options, isAsked) => {
    const inner = no("A.");
    const guard = onlyFor(options, inner);
    expect(await ask(guard)).toMatchObject({ allowed: !isAsked });
    expect(await guard.checkOutput?.(outputCheck())).toMatchObject({ allowed: !isAsked });
    expect(inner.asked).toEqual(isAsked ? ["x", "poster"] : []);
  });

  it("keeps the name and the checks of its guard", () => {
    expect(Object.keys(onlyFor({ modality: "text" }, textLimits()))).toEqual(["name", "checkPrompt"]);
    expect(onlyFor({ modality: "text" }, textLimits()).name).toBe("text limits");
  });

  it("fails when its guard gives no verdict, instead of letting pass", async () => {
    const silent: Guard = { name: "silent", checkPrompt: () => JSON.parse("null") };
    expect(await ask(onlyFor({ steps: ["poster"] }, silent))).toEqual({
      allowed: false,
      reason: "A guard gave no verdict.",
    });
  });

  it.each([
    [{}, 'option "modality", "steps" or both must say which steps are meant.'],
    [{ steps: [] }, 'option "steps": at least one step is expected; a list of 0 was given.'],
    [{ modality: "sound" }, 'option "modality": "image", "video", "audio", "text" or a list of them is expected'],
  ])("refuses the options %j", (options, message) => {
    expect(messageOf(() => Reflect.apply(onlyFor, undefined, [options, yes()]))).toContain(
      `onlyFor(options, guard): ${message}`,
    );
  });
});

describe("a list of guards", () => {
  it.each([
    ["nothing", []],
    ["no guard", [{ name: "x" }]],
    ["a function", [() => true]],
    ["a check that is none", [{ name: "x", checkPrompt: true }]],
  ])("is refused with %s in it", (_, guards) => {
    expect(codeOf(() => Reflect.apply(allOf, undefined, guards))).toBe("INVALID_OPTION");
    expect(codeOf(() => Reflect.apply(anyOf, undefined, guards))).toBe("INVALID_OPTION");
    expect(codeOf(() => Reflect.apply(onlyFor, undefined, [{ steps: ["a"] }, ...guards]))).toBe("INVALID_OPTION");
  });
});
