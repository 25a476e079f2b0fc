import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MermaidGraph, MermaidNode } from "./mermaid-graph.js";
import { mermaidLabel } from "./mermaid-label.js";
import { toMermaid } from "./to-mermaid.js";

function node(key: string, facts: Partial<MermaidNode> = {}): MermaidNode {
  return { key, parent: undefined, label: key, kind: "step", ...facts };
}

const film: MermaidGraph = {
  name: 'the "film"',
  nodes: [
    node("story", { yields: "text", state: "succeeded" }),
    node("shots", { kind: "node", state: "running" }),
    node("frame", { parent: "shots", yields: "image", state: "succeeded" }),
    node("clip", { parent: "shots", yields: "video", state: "running" }),
    node("music", { yields: "audio", state: "skipped", reason: "budget" }),
    node("approve", { kind: "node" }),
    node("film"),
  ],
  edges: [
    { from: "story", to: "shots", kind: "data" },
    { from: "frame", to: "clip", label: "firstFrame", kind: "data" },
    { from: "shots", to: "clip", kind: "order" },
    { from: "shots", to: "film", label: "video[0]", kind: "data" },
    { from: "approve", to: "film", kind: "order" },
  ],
};

describe("toMermaid", () => {
  it("draws composites as subgraphs, outputs as shapes, states as classes and order as dotted arrows", () => {
    expect(toMermaid(film)).toBe(
      [
        "---",
        'title: "the \\"film\\""',
        "---",
        "flowchart LR",
        '  n0("story")',
        '  subgraph n1["shots"]',
        '    n2[/"frame"/]',
        '    n3[["clip"]]',
        "  end",
        '  n4(["music<br/>budget"])',
        '  n5{{"approve"}}',
        '  n6["film"]',
        "  n0 --> n1",
        '  n2 -->|"firstFrame"| n3',
        '  n1 -->|"video#91;0#93;"| n6',
        "  n5 -.-> n6",
        "  classDef succeeded fill:#d5f2e8,stroke:#009e73,color:#1b1d21",
        "  class n0,n2 succeeded",
        "  classDef running fill:#d6ebf8,stroke:#0072b2,color:#1b1d21,stroke-width:3px",
        "  class n1,n3 running",
        "  classDef skipped fill:#ffffff,stroke:#a9adb5,color:#5c6169,stroke-dasharray:2 3",
        "  class n4 skipped",
        "",
      ].join("\n"),
    );
  });

  it.each([
    ['a "quoted" [name]', '"a #34;quoted#34; #91;name#93;"'],
    ["`code` **bold**", '"#96;code#96; #42;#42;bold#42;#42;"'],
    ["two\nlines\r\nthree", '"two lines three"'],
    ["#quot; &lt;", '"#35;quot#59; #38;lt#59;"'],
    ["</script>", '"#60;#47;script#62;"'],
    ["1. first", '"1#46; first"'],
    ["end", '"end"'],
    ["fa:fa-car", '"fa#58;#8203;fa-car"'],
    ["gmicloud/wan2.6-i2v", '"gmicloud/wan2#46;6-i2v"'],
    ["图像 é 👍", '"图像 é #128077;"'],
    ["a\u202Eb", '"a#65533;b"'],
    ["  ", '"#160;"'],
    ["x".repeat(100), `"${"x".repeat(30)}#8230;${"x".repeat(29)}"`],
  ])("writes the label %j as %s", (text, label) => {
    expect(mermaidLabel(text)).toBe(label);
  });

  it("lets no name out of its label or its line", () => {
    const hostile = fc.string({ unit: "binary", maxLength: 40 });
    const line =
      /^(---|title: ".*"|flowchart LR| *n\d+\[{1,2}"(?:[^"]*)"\]{1,2}| *subgraph n\d+\["[^"]*"\]| *end| {2}n\d+ -->\|"[^"]*"\| n\d+|)$/u;
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, label, role) => {
        const nodes = [
          node("a", { label }),
          node("b", { parent: "a", label, reason: name }),
          node("c", { label: role }),
        ];
        const text = toMermaid({ name, nodes, edges: [{ from: "a", to: "c", label: role, kind: "data" }] });
        const lines = text.split("\n");
        expect(lines.length).toBe(10);
        for (const written of lines) expect(written).toMatch(line);
        const labels = lines
          .slice(4)
          .flatMap((written) => [...written.matchAll(/"([^"]*)"/g)].map((match) => match[1]));
        for (const written of labels) expect(written).toMatch(/^(?:[\p{L}\p{M}\p{N} ]|[-_/]|#\d+;|<br\/>)+$/u);
      }),
    );
  });

  it.each([
    [
      "an edge from nowhere",
      { name: "x", nodes: [node("a")], edges: [{ from: "b", to: "a", kind: "data" }] },
      "UNKNOWN_STEP",
    ],
    ["a parent that is not there", { name: "x", nodes: [node("a", { parent: "b" })], edges: [] }, "UNKNOWN_STEP"],
    ["two nodes of one key", { name: "x", nodes: [node("a"), node("a")], edges: [] }, "DUPLICATE_STEP"],
    [
      "nodes within each other",
      { name: "x", nodes: [node("a", { parent: "b" }), node("b", { parent: "a" })], edges: [] },
      "CYCLE",
    ],
  ] as const)("refuses %s", (_, graph, code) => {
    expect(() => toMermaid(graph)).toThrow(expect.objectContaining({ code }));
  });

  it("writes 20,000 nodes, side by side or within each other", () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `s${index}`);
    const wide = toMermaid({ name: "wide", nodes: keys.map((key) => node(key)), edges: [] });
    expect(wide.split("\n").length).toBe(20_005);
    const deep = keys.map((key, index) => node(key, { parent: keys[index - 1] }));
    expect(toMermaid({ name: "deep", nodes: deep, edges: [] }).split("\n").length).toBe(40_004);
  });
});
