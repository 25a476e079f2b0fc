import { mkdir, writeFile } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { formatReport, type RunReport, reportToHtml, reportToSvg } from "@genblaze/core/report";
import { usageError } from "./output.js";

const writers: Readonly<Record<string, (report: RunReport) => string>> = {
  ".html": reportToHtml,
  ".svg": reportToSvg,
  ".json": (report) => `${JSON.stringify(report, undefined, 2)}\n`,
  ".txt": (report) => `${formatReport(report)}\n`,
};

/** A function that writes a report in the form that the extension of its file says; told before anything is run. */
export function reportWriter(path: string): (report: RunReport) => Promise<void> {
  const write = writers[extname(path).toLowerCase()];
  if (write === undefined)
    throw usageError(`--report writes ${Object.keys(writers).join(", ")}; "${extname(path)}" is none of them.`);
  return async (report) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, write(report));
  };
}
