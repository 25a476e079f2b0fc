import { audioSchema, trackSchema, videoSchema } from "./asset-metadata-schema.js";
import { assetSchema } from "./asset-schema.js";
import type { Asset, AudioMetadata, Run, Step, Track, VideoMetadata } from "./model.js";
import type { ModelSchema } from "./model-schema.js";
import { runSchema } from "./run-schema.js";
import { stepSchema } from "./step-schema.js";

/** An asset's fields; what is left out is null or empty, in its media blocks too. */
export interface AssetFields
  extends Pick<Asset, "assetId" | "url" | "mediaType">,
    Partial<Omit<Asset, "assetId" | "url" | "mediaType" | "video" | "audio" | "tracks">> {
  readonly video?: Partial<VideoMetadata> | null;
  readonly audio?: Partial<AudioMetadata> | null;
  readonly tracks?: readonly TrackFields[] | null;
}

/** A track's fields; what is left out is null. */
export type TrackFields = Pick<Track, "kind"> & Partial<Track>;

/** A step's fields; what is left out has the format's default: null, empty, `generate`, `image`, `public`, `pending`. */
export type StepFields = Pick<Step, "stepId" | "model"> & Partial<Step>;

/** A run's fields; what is left out is null, empty or `pending`. */
export type RunFields = Pick<Run, "runId" | "createdAt"> & Partial<Run>;

/** An asset with all its fields; `Manifest.fromRun` checks them. */
export function createAsset(fields: AssetFields): Asset {
  const { video = null, audio = null, tracks = null } = fields;
  return complete<Asset>(assetSchema, {
    ...fields,
    video: video === null ? null : complete<VideoMetadata>(videoSchema, video),
    audio: audio === null ? null : complete<AudioMetadata>(audioSchema, audio),
    tracks: tracks === null ? null : tracks.map((track) => complete<Track>(trackSchema, track)),
  });
}

/** A step with all its fields; `Manifest.fromRun` checks them. */
export function createStep(fields: StepFields): Step {
  return complete<Step>(stepSchema, fields);
}

/** A run with all its fields; `Manifest.fromRun` checks them. */
export function createRun(fields: RunFields): Run {
  return complete<Run>(runSchema, fields);
}

function complete<Model>({ defaults }: Pick<ModelSchema<Model>, "defaults">, given: Partial<Model>): Model {
  const fields: Record<string, unknown> = { ...defaults };
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && name in fields) fields[name] = value;
  }
  // The defaults hold every field of the model; a required one is in `given` by its type.
  return fields as Model;
}
