import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runFacts, stepFacts } from "../../test/support/report-facts.js";
import { createReport } from "./create-report.js";
import { formatReport } from "./format-report.js";
import { reportToHtml } from "./report-to-html.js";
import { reportToSvg } from "./report-to-svg.js";
import type { StepFacts } from "./run-facts.js";

const began = (readyMs: number, startedMs: number, outputMs: number, endedMs: number) => ({
  readyMs,
  startedMs,
  outputMs,
  endedMs,
});
const film = createReport(
  runFacts(
    [
      stepFacts("story", { ...began(0, 0, 1_000, 1_000), cost: { usd: 0.0042, unit: "request", quantity: 1 } }),
      stepFacts("shots", { ...began(1_000, 1_000, 5_000, 5_000), kind: "node", waitsFor: ["story"] }),
      stepFacts("shots[0]", { ...began(1_000, 1_000, 4_000, 5_000), parent: "shots", answeredMs: 2_000, attempts: 2 }),
      stepFacts("shots[1]", { ...began(1_000, 2_000, 3_000, 3_000), parent: "shots", cached: true }),
      stepFacts("film", {
        ...began(5_000, 5_000, 8_000, 8_000),
        waitsFor: ["shots"],
        state: "failed",
        reason: "OUTPUT_INVALID",
        cost: { usd: null, reason: "no price card" },
      }),
      stepFacts("tags", { waitsFor: ["film"], state: "skipped", reason: '"film" failed' }),
    ],
    { status: "failed" },
  ),
);

const hostile = [
  '</text><script>alert("1")</script>',
  "a' onload='x",
  "\u001b[31mred\nline\u202E",
  "]]><!--",
  "x".repeat(400),
];

function reportOf(names: readonly string[], facts: Partial<StepFacts> = {}) {
  const steps = [...new Set(names)].map((name) =>
    stepFacts(name, { ...began(0, 1, 2, 3), provider: name, model: name, reason: name, ...facts }),
  );
  return createReport(runFacts(steps, { name: names.join(" "), status: names[0] ?? "" }));
}

/** Not a `Char` of XML 1.0, section 2.2. */
function isForbiddenInXml(character: string): boolean {
  const point = character.codePointAt(0) ?? 0;
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return (point < 0x20 && character !== "\n") || isSurrogate || point === 0xfffe || point === 0xffff;
}

describe("pictures of a run with failed steps", () => {
  const rowOf = (svg: string, step: string) =>
    svg.split("\n").find((line) => line.includes(`<g><title>${step} (`)) ?? "";

  it("draw a failed bar in a colour of its own and with a mark, and a good one without", () => {
    const svg = reportToSvg(film);
    expect(rowOf(svg, "film")).toMatch(/<rect class="gb-failed" fill="#d55e00"/);
    expect(rowOf(svg, "film")).toMatch(/<text x="\d+(\.\d)?" y="\d+" class="gb-failed" fill="#d55e00">✗<\/text>/);
    expect(rowOf(svg, "film")).not.toContain("gb-provider");
    expect(rowOf(svg, "shots[0]")).toContain("gb-provider");
    expect(rowOf(svg, "shots[0]")).not.toContain("gb-failed");
    expect(svg).toContain(">✗ failed</text>");
  });

  it("keep the bar of a cancelled step apart from a failed one", () => {
    const gone = createReport(runFacts([stepFacts("gone", { ...began(0, 0, 5, 5), state: "cancelled" })]));
    expect(rowOf(reportToSvg(gone), "gone")).toMatch(/class="gb-queued" fill="#a9adb5".*⊘<\/text>/);
  });

  it("say the run's name once on a page, and in a picture of its own", () => {
    const page = reportToHtml(film);
    expect(page).not.toContain(">film <tspan");
    expect(page).toContain("<h1>film</h1>");
    expect(page).toContain('<figure tabindex="0" role="region" aria-label="Timeline">');
    expect(reportToSvg(film)).toContain(">film <tspan");
  });
});

describe("formatReport", () => {
  it("writes a table, a timeline and what would make the run faster", () => {
    expect(formatReport(film, { columns: 60 })).toBe(
      [
        "film (run-1): failed after 8.0 s, 9.0 s of work, 1.0 s in queues, > $0.0042",
        "Unknown cost: no price card",
        "",
        "step        queued  submit  provider  transfer  total     cost",
        "story                          1.0 s            1.0 s  $0.0042  critical",
        "shots                                           4.0 s           critical",
        "  shots[0]           1.0 s     2.0 s     1.0 s  4.0 s       $0  critical, 2 attempts",
        "  shots[1]   1.0 s             1.0 s            2.0 s   cached  cached",
        "✗ film                         3.0 s            3.0 s  unknown  failed: OUTPUT_INVALID, critical",
        '– tags                                                          skipped: "film" failed',
        "",
        "story       ██████",
        "shots             ────────────────────────",
        "  shots[0]        ▒▒▒▒▒▒████████████▓▓▓▓▓▓",
        "  shots[1]        ······██████",
        "✗ film                                    ██████████████████",
        "            0                                          8.0 s",
        "            · queued  ▒ submit  █ provider  ▓ transfer  ✗ failed  – skipped",
        "",
        "Critical path: 8.0 s: story > shots[0] > film",
        "80 % of the work: shots[0] 44 %, film 33 %, story 11 %",
        "If shots[0] took half as long, the run would take 6.0 s (2.0 s less).",
        "If film took half as long, the run would take 6.5 s (1.5 s less).",
        "If story took half as long, the run would take 7.5 s (500 ms less).",
        "",
      ].join("\n"),
    );
  });

  it("steers no terminal, whatever a name holds", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 30 }), { minLength: 1, maxLength: 5 }), (names) => {
        const text = formatReport(reportOf([...names, ...hostile])).replaceAll("\n", "");
        expect(text).toMatch(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]*$/u);
      }),
    );
  });

  it("shows the most important steps of very many and says how many it leaves out", () => {
    const text = formatReport(film, { mostRows: 2 });
    expect(text).toContain("4 more steps are not shown.");
  });
});

describe("reportToSvg", () => {
  it("draws each phase at its place, outlines the critical path and brackets a node", () => {
    const svg = reportToSvg(film);
    // The chart is 590 wide from 300: 73.75 per second.
    expect(svg).toContain('<rect class="gb-submit" fill="#e69f00" x="373.8" y="147.5" width="73.7" height="9"/>');
    expect(svg).toContain('<rect class="gb-provider" fill="#0072b2" x="447.5" y="145" width="147.5" height="14"/>');
    expect(svg).toContain('<rect class="gb-transfer" fill="#009e73" x="595" y="147.5" width="73.8" height="9"/>');
    expect(svg).toContain('<rect class="gb-queued" fill="#a9adb5" x="373.8" y="174" width="73.7" height="4"/>');
    expect(svg).toContain('d="M373.8 134V126H668.8V134"');
    expect(svg.match(/rx="2" x=/g)?.length).toBe(3);
    expect(svg).toContain("skipped: &quot;film&quot; failed");
    expect(svg).toContain(">✗ failed   – skipped</text>");
  });

  it("is a light drawing without its style and turns dark with it", () => {
    expect(reportToSvg(film)).toContain("<style>@media (prefers-color-scheme:dark){.gb-page{fill:#16181c}");
    expect(reportToSvg(film, { hasStyle: false })).not.toContain("<style>");
  });

  it("draws a run that took no time, and one without steps", () => {
    const instant = createReport(runFacts([stepFacts("a", began(0, 0, 0, 0))]));
    expect(reportToSvg(instant)).toContain('x="300" y="97" width="2" height="14"');
    expect(reportToSvg(createReport(runFacts([])))).not.toContain("NaN");
  });

  it("draws the most important steps of very many", () => {
    const steps = Array.from({ length: 20_000 }, (_, index) => stepFacts(`s${index}`, began(0, 0, index, index)));
    const svg = reportToSvg(createReport(runFacts(steps)), { mostRows: 3 });
    expect(svg).toContain("19997 more steps are not drawn.");
    expect([...svg.matchAll(/>(s\d+)</g)].map((match) => match[1])).toEqual(["s19997", "s19998", "s19999"]);
  });
});

describe("SVG and HTML", () => {
  const markup = /<[^>]*>/g;

  it.each([
    ["SVG", reportToSvg],
    ["HTML", reportToHtml],
  ])("let no name become markup in %s", (_, toText) => {
    const tags = (names: readonly string[]) =>
      (toText(reportOf(names)).match(markup) ?? []).map((tag) => /^<[!/]?[A-Za-z0-9]+/.exec(tag)?.[0]);
    const plain = tags(["a", "b"]);
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: "binary" }), { minLength: 2, maxLength: 2 }), (names) => {
        expect(tags(names)).toEqual(plain);
      }),
      { examples: [[hostile.slice(0, 2)], [hostile.slice(2, 4)]] },
    );
  });

  it("hold no character that XML forbids, and nothing that loads or runs", () => {
    for (const text of [reportToSvg(reportOf(hostile)), reportToHtml(reportOf(hostile))]) {
      expect([...text].filter(isForbiddenInXml)).toEqual([]);
      const tags = (text.match(markup) ?? []).join("");
      expect(tags).not.toMatch(/<(script|img|link|iframe|object|image|use)| (href|src|style)=|url\(/);
    }
  });
});

describe("reportToHtml", () => {
  const page = reportToHtml(film);

  it("allows its own style by its hash and nothing else", async () => {
    const [, style = ""] = /<style>([^<]*)<\/style>/.exec(page) ?? [];
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
    const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(page.match(/<style>/g)?.length).toBe(1);
  });

  it("says in a table what the chart draws", () => {
    expect(page).toContain("<title>film: failed</title>");
    expect(page).toContain("<caption>Every step of the run</caption>");
    expect(page).toContain(
      '<tr><th scope="row">shots[0]</th><td>maker/m-1</td><td>succeeded</td><td class="n">1.0 s</td><td class="n"></td><td class="n"></td><td class="n">1.0 s</td><td class="n">2.0 s</td><td class="n">1.0 s</td><td class="n">4.0 s</td><td class="n">0 ms</td><td class="n">$0</td><td>critical, 2 attempts</td></tr>',
    );
    expect(page).toContain('<tr><th scope="row">tags</th><td>maker/m-1</td><td>skipped: &quot;film&quot; failed</td>');
    expect(page).toContain("<p>Cost unknown, known part $0.0042: no price card.</p>");
    // Said once: a reason in each row makes rows very high.
    expect(page.split("no price card")).toHaveLength(2);
    expect(page).toContain('<td class="n">unknown</td><td>critical</td>');
  });
});
