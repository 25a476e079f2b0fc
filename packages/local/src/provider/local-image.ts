import type { OutputAsset, Provider } from "@genblaze/core/provider";
import type { PaintedLayer } from "../paint/paint-scene.js";
import type { StoryScene } from "../storyboard/storyboard.js";
import { runJob } from "../worker/run-job.js";
import { free } from "./free.js";
import { readParams, requirePrompt, seedOf } from "./params.js";
import { readScene } from "./read-scene.js";

/** Parameters of `scene-painter`. */
export interface ScenePainterParams {
  /** A scene of a storyboard; without it the prompt is read. */
  readonly scene?: Readonly<Partial<StoryScene>>;
  /** Even, 64 to 1920. @default 1280 */
  readonly width?: number;
  /** Even, 36 to 1080. @default 720 */
  readonly height?: number;
  /** Give every depth layer as a further PNG. @default false */
  readonly layers?: boolean;
}

interface Body {
  readonly scene: StoryScene;
  readonly width: number;
  readonly height: number;
  readonly layers: boolean;
  /** Whether the scene's seed was given, and not made from the words. */
  readonly isSeedGiven: boolean;
}

/** The painter: a composed key frame and, if asked for, its transparent depth layers. */
export function createLocalImage(): Provider<"image", never, { readonly "scene-painter": ScenePainterParams }, Body> {
  return {
    name: "local-image",
    account: "local",
    yields: "image",
    accepts: [],
    knownModelsOnly: true,
    models: {
      "scene-painter": { description: "Paints a landscape with a subject as layered vector art.", price: free },
    },
    // Making it again is free.
    honoursIdempotencyKey: true,
    prepare: (request) => {
      const params = readParams("scene-painter", request);
      const given = params.object("scene");
      const scene = readScene(given, requirePrompt("scene-painter", request), seedOf(request));
      const isSeedGiven = given?.seed !== undefined;
      const body = { scene, ...params.size(), layers: params.flag("layers", false), isSeedGiven };
      return { body, warnings: params.warnings() };
    },
    submit: async ({ body }, context) => {
      const painted = await runJob({ kind: "paint", input: body }, context);
      const keyFrame: OutputAsset = {
        mediaType: "image/png",
        bytes: painted.keyFrame,
        width: body.width,
        height: body.height,
        metadata: {
          layer: "key-frame",
          motion: body.scene.motion,
          effects: painted.effects.map((effect) => ({ ...effect })),
          // One that is made from the words would let others try out which words they were.
          ...(body.isSeedGiven ? { seed: body.scene.seed } : {}),
        },
      };
      return {
        status: "done",
        output: { assets: [keyFrame, ...painted.layers.map(layerAsset)], modelVersion: "scene-painter-1" },
      };
    },
  };
}

function layerAsset(layer: PaintedLayer): OutputAsset {
  return {
    mediaType: "image/png",
    bytes: layer.png,
    width: layer.width,
    height: layer.height,
    metadata: { layer: layer.name, depth: layer.depth, layerMotion: { ...layer.motion } },
  };
}
