import { describe, expect, it } from "vitest";
import { runFacts, stepFacts } from "../../test/support/report-facts.js";
import { createReport } from "./create-report.js";
import { formatReport } from "./format-report.js";
import { reportToHtml } from "./report-to-html.js";
import { reportToSvg } from "./report-to-svg.js";
import type { StepFacts } from "./run-facts.js";

const approval: Partial<StepFacts> = { kind: "node", provider: "genblaze", model: "approve", attempts: 0 };

/** A second of work, somebody's seven, and two more seconds of work. */
function gated(answered: Partial<StepFacts>) {
  return createReport(
    runFacts([
      stepFacts("frame", { readyMs: 0, startedMs: 0, endedMs: 1_000 }),
      stepFacts("ok", { ...approval, waitsFor: ["frame"], endedMs: 8_000, ...answered }),
      stepFacts("clip", { waitsFor: ["ok"], readyMs: 8_000, startedMs: 8_000, endedMs: 10_000 }),
    ]),
  );
}

const asked = gated({ readyMs: 1_000, startedMs: 1_000 });

describe("a gate in a report", () => {
  it("waits, and no provider works meanwhile", () => {
    const gate = { queuedMs: 0, waitingMs: 7_000, submitMs: 0, providerMs: 0, transferMs: 0, totalMs: 7_000 };
    expect(asked.steps[1]).toMatchObject(gate);
    expect(asked.runMs).toBe(3_000);
    expect(asked.paretoSteps.map(({ key }) => key)).toEqual(["clip", "frame"]);
    const keys = ["frame", "ok", "clip"];
    expect(asked.criticalPath).toEqual({ keys, lengthMs: 10_000, workMs: 3_000, waitingMs: 7_000, delayMs: 0 });
  });

  it("has waited since its inputs were there when the run rested meanwhile", () => {
    expect(gated({ readyMs: 7_900, startedMs: 7_900 })).toEqual(asked);
  });

  it("is nothing that could be made faster", () => {
    expect(asked.whatIf.map(({ key }) => key)).toEqual(["frame", "clip"]);
    expect(formatReport(asked)).not.toContain("If ok took");
  });

  it("waits until now while nobody has answered", () => {
    const facts = [stepFacts("ok", { ...approval, state: "waiting", readyMs: 0, startedMs: 0 })];
    const report = createReport(runFacts(facts, { elapsedMs: 500 }));
    expect(report.steps[0]).toMatchObject({ waitingMs: 500, providerMs: 0, totalMs: 500 });
    expect(formatReport(report)).toContain("‖ waiting");
  });

  it("has a column, a sign and a colour of its own", () => {
    expect(formatReport(asked, { columns: 60 })).toBe(
      [
        "film (run-1): completed after 10.0 s, 3.0 s of work, $0",
        "",
        "step   queued  waiting  submit  provider  transfer  total  cost",
        "frame                              1.0 s            1.0 s    $0  critical",
        "ok               7.0 s                              7.0 s    $0  critical",
        "clip                               2.0 s            2.0 s    $0  critical",
        "",
        "frame  █████",
        "ok          ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░",
        "clip                                             ███████████",
        "       0                                              10.0 s",
        "       · queued  ░ waiting  ▒ submit  █ provider  ▓ transfer",
        "",
        "Critical path: 10.0 s (7.0 s of it waiting for an answer): frame > ok > clip",
        "80 % of the work: clip 67 %, frame 33 %",
        "If clip took half as long, the run would take 9.0 s (1.0 s less).",
        "If frame took half as long, the run would take 9.5 s (500 ms less).",
        "",
      ].join("\n"),
    );
    expect(reportToSvg(asked)).toContain(
      '<rect class="gb-waiting" fill="#cc79a7" x="359" y="125" width="413" height="6"/>',
    );
    expect(reportToSvg(asked)).toContain(">waiting</text>");
    expect(reportToHtml(asked)).toContain('<th scope="col" class="n">Waiting</th>');
  });
});
