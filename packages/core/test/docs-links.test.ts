import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const pages = [...pagesIn(""), ...pagesIn("docs", { recursive: true }), ...packageReadmes()];

describe("links of the documentation", () => {
  it("are looked for in more than a handful of pages", () => {
    expect(pages.length).toBeGreaterThan(20);
  });

  it.each(pages)("lead somewhere: %s", (page) => {
    const broken = relativeLinks(page).filter((link) => !leadsSomewhere(page, link));
    expect(broken).toEqual([]);
  });
});

function pagesIn(folder: string, options: { readonly recursive?: boolean } = {}): readonly string[] {
  return readdirSync(join(root, folder), { recursive: options.recursive ?? false, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name))
    .toSorted();
}

function packageReadmes(): readonly string[] {
  return readdirSync(join(root, "packages"))
    .map((name) => join("packages", name, "README.md"))
    .filter((page) => existsSync(join(root, page)));
}

function relativeLinks(page: string): readonly string[] {
  const prose = textOf(page).replaceAll(/^```.*?^```/gms, "");
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#", 2);
  const target = path === "" ? join(root, page) : resolve(root, dirname(page), path);
  const isInside = !relative(root, target).startsWith("..");
  if (!isInside || !existsSync(target)) return false;
  if (anchor === undefined) return true;
  return statSync(target).isFile() && anchorsOf(relative(root, target)).includes(anchor);
}

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(page: string): readonly string[] {
  const headings = [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function textOf(page: string): string {
  return readFileSync(join(root, page), "utf8");
}
