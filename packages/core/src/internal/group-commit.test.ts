import { describe, expect, it } from "vitest";
import { groupCommit } from "./group-commit.js";

describe("groupCommit", () => {
  it("gives the lines that come while others are on their way to the next commit together, in order", async () => {
    const commits: string[] = [];
    let finish = () => {};
    const write = groupCommit((lines) => {
      commits.push(lines);
      return new Promise((resolve) => {
        finish = resolve;
      });
    });
    const first = write("a");
    await Promise.resolve();
    const rest = [write("b"), write("c")];
    expect(commits).toEqual(["a"]);
    finish();
    await first;
    await Promise.resolve();
    expect(commits).toEqual(["a", "bc"]);
    finish();
    await Promise.all(rest);
  });

  it("writes nothing any more after a commit failed, and says why to all that come later", async () => {
    const commits: string[] = [];
    const write = groupCommit(async (lines) => {
      commits.push(lines);
      throw new Error("no space");
    });
    const first = write("a");
    await expect(first).rejects.toThrow("no space");
    await expect(write("b")).rejects.toThrow("no space");
    await expect(write("c")).rejects.toThrow("no space");
    expect(commits).toEqual(["a"]);
  });
});
