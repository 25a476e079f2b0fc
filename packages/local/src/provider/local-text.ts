import type { JsonValue, Provider } from "@genblaze/core/provider";
import type { Storyboard } from "../storyboard/storyboard.js";
import { writeStoryboard } from "../storyboard/write-storyboard.js";
import { free } from "./free.js";
import { readParams, requirePrompt, seedOf } from "./params.js";

/** Parameters of `storyboard`. */
export interface StoryboardParams {
  /** 1 to 12. @default 3 */
  readonly scenes?: number;
  /** Length of each scene, 2 to 20. @default 5 */
  readonly sceneSeconds?: number;
}

interface Body {
  readonly sentence: string;
  readonly seed: number;
  readonly scenes: number;
  readonly sceneSeconds: number;
}

/** The rule-based writer: one sentence becomes a storyboard as JSON. */
export function createLocalText(): Provider<"text", never, { readonly storyboard: StoryboardParams }, Body> {
  return {
    name: "local-text",
    account: "local",
    yields: "text",
    accepts: [],
    knownModelsOnly: true,
    models: {
      storyboard: { description: "Writes a storyboard from one sentence by rules and a lexicon.", price: free },
    },
    // Making it again is free.
    honoursIdempotencyKey: true,
    prepare: (request) => {
      const params = readParams("storyboard", request);
      const body = {
        sentence: requirePrompt("storyboard", request),
        seed: seedOf(request),
        scenes: params.whole("scenes", { min: 1, max: 12, fallback: 3 }),
        sceneSeconds: params.number("sceneSeconds", { min: 2, max: 20, fallback: 5 }),
      };
      return { body, warnings: params.warnings() };
    },
    submit: async ({ body }, context) => {
      context.signal.throwIfAborted();
      const json = toJson(writeStoryboard(body.sentence, body));
      return { status: "done", output: { json, modelVersion: "storyboard-1" } };
    },
  };
}

function toJson(board: Storyboard): JsonValue {
  return {
    ...board,
    music: { ...board.music },
    scenes: board.scenes.map((scene) => ({ ...scene, palette: [...scene.palette] })),
  };
}
