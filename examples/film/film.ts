// A film from one sentence, and proof of it. Nothing here needs a key, a server or the network: the providers of
// `@genblaze/local` really render on this machine. What they write and say is made by rules, not by a model.
import { parseArgs } from "node:util";
import { formatDuration, formatTimeline, watchRun } from "@genblaze/core/report";
import { GenblazeError } from "genblaze";
import { filmPipeline } from "./pipeline.js";
import { saveFilm } from "./save-film.js";
import { showProof, showTampering } from "./show-proof.js";

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: "string", default: "7" }, out: { type: "string", default: "out/film" } },
  });
  const sentence = positionals.join(" ") || "a paper boat crosses a rainy street";

  const run = filmPipeline().start({ input: { sentence, seed: Number(values.seed) } });
  process.once("SIGINT", () => run.cancel("interrupted"));

  console.log(`"${sentence}"\n`);
  await watchRun(run, process.stdout);
  const result = await run.result;

  console.log(`\n${formatTimeline(result, { columns: process.stdout.columns || 100 })}\n`);
  const saved = await saveFilm(result, values.out);
  const isProven = await showProof(saved);
  const isCaught = await showTampering(saved.film);
  console.log(`\nmanifest hash ${result.manifest.canonicalHash}`);
  console.log(`\n"${result.step("story").json.title}" took ${formatDuration(result.elapsedMs)}. Watch ${saved.film}`);
  if (!isProven || !isCaught) process.exitCode = 1;
}

main().catch((error: unknown) => {
  const isCancelled = GenblazeError.isInstance(error) && error.code === "CANCELLED";
  console.error(
    GenblazeError.isInstance(error)
      ? `\n${error.code}: ${error.message}`
      : error instanceof Error
        ? error.message
        : error,
  );
  process.exitCode = isCancelled ? 130 : 1;
});
