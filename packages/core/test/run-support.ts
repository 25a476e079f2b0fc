import { z } from "zod";
import type { RunEvent } from "../src/run/run-events.js";
import { scriptedProvider } from "./support.js";

export const Story = z.object({ title: z.string(), scenes: z.array(z.string()) });
export const story = { title: "Boat", scenes: ["harbour", "sea"] };

/** A writer, a painter and a film maker that answer at once. */
export const chat = scriptedProvider({
  name: "chat",
  yields: "text",
  script: [{ kind: "done", output: { json: story } }],
});
export const image = scriptedProvider({ name: "image", yields: "image" });
export const video = scriptedProvider({ name: "video", yields: "video", accepts: ["image"] });

/** All events of a run, in order. */
export async function collect(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const all: RunEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
