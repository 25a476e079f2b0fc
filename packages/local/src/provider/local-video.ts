import type { InputAsset, Provider, StepRequest } from "@genblaze/core/provider";
import type { ClipJob, ClipLayer } from "../clip/render-clip.js";
import { hashText } from "../random/seeded-random.js";
import { runJob } from "../worker/run-job.js";
import { free } from "./free.js";
import { invalidInput, readParams, seedOf } from "./params.js";
import { readEffects, readFade, readLayerMotion, readTitle } from "./read-clip.js";
import { SCENE_CHOICES } from "./read-scene.js";

/** Parameters of `parallax`. */
export interface ParallaxParams {
  /** 0.5 to 60. @default 4 */
  readonly durationSeconds?: number;
  /** 8 to 60. @default 24 */
  readonly frameRate?: number;
  /** Even, 64 to 1920. @default 1280 */
  readonly width?: number;
  /** Even, 36 to 1080. @default 720 */
  readonly height?: number;
  /** The camera's move. @default what the painter noted, else push-in */
  readonly motion?: "pan-right" | "pan-left" | "push-in" | "pull-out" | "rise";
  /** Names like "rain". @default what the painter noted */
  readonly effects?: readonly string[];
  readonly title?:
    | string
    | { readonly text: string; readonly subtitle?: string; readonly style?: "film" | "scene" | "end" };
  /** From and to black. @default false */
  readonly fade?: boolean | { readonly inSeconds?: number; readonly outSeconds?: number };
  /** H.264 quantization, 10 finest to 51 coarsest. @default 25 */
  readonly quantization?: number;
}

interface Body {
  readonly job: Omit<ClipJob, "layers">;
  readonly layers: readonly {
    readonly depth: number;
    readonly motion: ClipLayer["motion"];
    readonly input: InputAsset;
  }[];
}

const MAX_LAYERS = 24;

/** The clip maker: moves layers past each other, or a camera over a lone picture. */
export function createLocalVideo(): Provider<"video", "image", { readonly parallax: ParallaxParams }, Body> {
  return {
    name: "local-video",
    account: "local",
    yields: "video",
    accepts: ["image"],
    knownModelsOnly: true,
    models: { parallax: { description: "Moves painted layers past each other and encodes H.264.", price: free } },
    // Making it again is free.
    honoursIdempotencyKey: true,
    prepare: (request) => {
      const params = readParams("parallax", request);
      const layers = layersOf(request);
      const keyFrame = request.inputs.find(({ asset }) => asset.metadata.layer === "key-frame")?.asset.metadata ?? {};
      const noted = SCENE_CHOICES.motion.find((known) => known === keyFrame.motion);
      const job = {
        ...params.size(),
        frameRate: params.whole("frameRate", { min: 8, max: 60, fallback: 24 }),
        durationSeconds: params.number("durationSeconds", { min: 0.5, max: 60, fallback: 4 }),
        camera: params.choice("motion", SCENE_CHOICES.motion, noted ?? "push-in"),
        effects: readEffects(params.list("effects"), keyFrame),
        title: readTitle(params, request),
        ...readFade(params, request),
        quantization: params.whole("quantization", { min: 10, max: 51, fallback: 25 }),
        seed:
          (seedOf(request) +
            hashText(request.prompt ?? "") +
            (typeof keyFrame.seed === "number" ? keyFrame.seed : 0)) >>>
          0,
      };
      return { body: { job, layers }, warnings: params.warnings() };
    },
    submit: async ({ body }, context) => {
      const layers = await Promise.all(
        body.layers.map(async ({ input, ...layer }) => ({ ...layer, png: await input.read() })),
      );
      const bytes = await runJob({ kind: "clip", input: { ...body.job, layers } }, context);
      const { width, height, frameRate } = body.job;
      const durationSeconds = Math.round(body.job.durationSeconds * frameRate) / frameRate;
      const video = {
        frameRate,
        codec: "h264",
        hasAudio: false,
        colorSpace: "bt709",
        resolution: `${width}x${height}`,
      };
      return {
        status: "done",
        output: {
          assets: [{ mediaType: "video/mp4", bytes, width, height, durationSeconds, video }],
          modelVersion: "parallax-1",
        },
      };
    },
  };
}

/** The depth layers among the inputs; without any, the first picture alone. */
function layersOf(request: StepRequest): Body["layers"] {
  const pictures = request.inputs.filter(({ asset }) => asset.mediaType.startsWith("image/"));
  const [first] = pictures;
  if (first === undefined) throw invalidInput("parallax needs a picture: give the step an image step as input.");
  const layers = pictures.filter(({ asset }) => typeof asset.metadata.depth === "number");
  if (layers.length > MAX_LAYERS)
    throw invalidInput(`parallax takes at most ${MAX_LAYERS} layers; got ${layers.length}.`);
  if (layers.length === 0) return [{ depth: 0, motion: { parallax: 0.75 }, input: first }];
  return layers.map((input) => {
    const depth =
      typeof input.asset.metadata.depth === "number" ? Math.min(1, Math.max(0, input.asset.metadata.depth)) : 0;
    return { depth, motion: readLayerMotion(input.asset.metadata.layerMotion, depth), input };
  });
}
