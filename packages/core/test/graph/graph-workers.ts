import { z } from "zod";
import { Pipeline } from "../../src/pipeline/pipeline.js";
import { from } from "../../src/pipeline/reference.js";
import { worker } from "./graph-support.js";

export const image = worker({ name: "image", yields: "image", accepts: ["image"] });

export const video = worker({ name: "video", yields: "video", accepts: ["image"] });

export const chat = worker({ name: "chat", yields: "text", give: ({ prompt = "" }) => ({ text: prompt }) });

export const broken = worker({
  name: "broken",
  yields: "image",
  accepts: ["image"],
  give: () => {
    throw new Error("out of order");
  },
});

/** A pipeline with a picture and a clip of it. */
export const shot = (frame = image) =>
  new Pipeline("shot", { input: z.string() })
    .step(frame, { name: "frame", model: "m", prompt: from("input", (input) => input) })
    .step(video, { name: "clip", model: "m", inputs: { firstFrame: "frame" } });
