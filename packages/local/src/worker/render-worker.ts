import { parentPort, workerData } from "node:worker_threads";
import type { JobKind, JobMessage, JobReply, Jobs } from "./jobs.js";

type Handlers = {
  readonly [Kind in JobKind]: (
    input: Jobs[Kind]["input"],
    onProgress: (fraction: number) => void,
  ) => Promise<Jobs[Kind]["output"]>;
};

// Each job loads only what it needs: a thread that speaks has no use for the H.264 encoder.
const HANDLERS: Handlers = {
  paint: async ({ scene, ...options }, onProgress) => {
    const { paintScene } = await import("../paint/paint-scene.js");
    return paintScene(scene, { ...options, onProgress });
  },
  clip: async (job, onProgress) => (await import("../clip/render-clip.js")).renderClip(job, onProgress),
  speech: async (job) => (await import("../speech/speak.js")).speak(job),
  score: async (plan, onProgress) => (await import("../music/score-wav.js")).scoreWav(plan, onProgress),
  film: async (job, onProgress) => (await import("../film/make-film.js")).makeFilm(job, onProgress),
};

function reply(message: JobReply): void {
  parentPort?.postMessage(message);
}

function run<Kind extends JobKind>(message: JobMessage<Kind>): Promise<Jobs[Kind]["output"]> {
  return HANDLERS[message.kind](message.input, (fraction) => reply({ type: "progress", fraction }));
}

// The one program that is started with this data is run-job.ts, which typed it.
run(workerData as JobMessage).then(
  (output) => reply({ type: "done", output }),
  (error: unknown) => reply({ type: "failed", error }),
);
