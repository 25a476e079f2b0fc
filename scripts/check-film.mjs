// Looks at a finished film with programs that are not ours: ffprobe reads its streams, Chromium plays it.
// A program that is missing is named; under CI it is a failure, elsewhere that check is left out.
import { spawnSync } from "node:child_process";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extractManifest } from "@genblaze/media";
import { chromium } from "playwright-core";

const [film = "out/film/film.mp4"] = process.argv.slice(2);
const chromiumPath = "/usr/bin/chromium";
const tolerance = 0.5;
const problems = [];

/** The length that the storyboard asked for, from the manifest inside the film. */
async function plannedLength() {
  const { steps } = (await extractManifest(film)).run;
  const storyboard = JSON.parse(steps.find(({ metadata }) => metadata.name === "story").assets[0].metadata.text);
  return storyboard.scenes.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
}

function leaveOut(program) {
  const message = `${program} is not on this machine, so the film was not checked with it`;
  if (process.env.CI) problems.push(message);
  else console.log(message);
}

function probe(plannedSeconds) {
  const words = ["-v", "error", "-print_format", "json", "-show_streams", "-show_format", film];
  const { status, stdout, stderr, error } = spawnSync("ffprobe", words, { encoding: "utf8" });
  if (error !== undefined) return leaveOut("ffprobe");
  if (status !== 0) return problems.push(`ffprobe: ${stderr}`);
  const { streams, format } = JSON.parse(stdout);
  const kinds = streams.map((stream) => `${stream.codec_type} ${stream.codec_name}`).sort();
  console.log(`ffprobe: ${kinds.join(", ")}, ${format.duration} s (planned ${plannedSeconds} s)`);
  if (kinds.join() !== "audio aac,video h264")
    problems.push(`expected one H.264 and one AAC stream, got ${kinds.join(", ")}`);
  if (Math.abs(Number(format.duration) - plannedSeconds) > tolerance) {
    problems.push(`expected ${plannedSeconds} s, got ${format.duration} s`);
  }
}

/** A server on loopback that sends the film in ranges, as players ask for it. */
function serve() {
  const { size } = statSync(film);
  const server = createServer((request, response) => {
    if (request.url === "/") {
      response.setHeader("content-type", "text/html").end('<video src="/film.mp4" muted></video>');
      return;
    }
    const [, from = "0", to = ""] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
    const [start, end] = [Number(from), to === "" ? size - 1 : Number(to)];
    const headers = { "content-type": "video/mp4", "accept-ranges": "bytes", "content-length": end - start + 1 };
    response.writeHead(206, { ...headers, "content-range": `bytes ${start}-${end}/${size}` });
    createReadStream(film, { start, end }).pipe(response);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

async function play() {
  if (!existsSync(chromiumPath)) return leaveOut("chromium");
  const server = await serve();
  const quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"];
  const args = ["--no-sandbox", "--disable-gpu", "--disable-sync", ...quiet];
  const browser = await chromium.launch({ executablePath: chromiumPath, args });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.evaluate(() => document.querySelector("video").play());
    await page.waitForFunction(() => document.querySelector("video").currentTime > 1, undefined, { timeout: 30_000 });
    const facts = await page.evaluate(() => {
      const { videoWidth, videoHeight, duration, currentTime, error } = document.querySelector("video");
      return { videoWidth, videoHeight, duration, currentTime, error: error?.message };
    });
    console.log(`Chromium plays it: ${JSON.stringify(facts)}`);
    if (facts.error !== undefined || facts.videoWidth === 0)
      problems.push(`Chromium does not show it: ${JSON.stringify(facts)}`);
  } finally {
    await browser.close();
    server.close();
  }
}

probe(await plannedLength());
await play();
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
