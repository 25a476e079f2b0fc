import type { ClipJob } from "../clip/render-clip.js";
import type { FilmJob } from "../film/make-film.js";
import type { ScorePlan } from "../music/arrange.js";
import type { PaintedScene } from "../paint/paint-scene.js";
import type { SpeechJob, SpokenText } from "../speech/speak.js";
import type { StoryScene } from "../storyboard/storyboard.js";

/** The work that is done in a worker thread: what goes in and what comes out, both structured-cloneable. */
export interface Jobs {
  readonly paint: {
    readonly input: {
      readonly scene: StoryScene;
      readonly width: number;
      readonly height: number;
      readonly layers: boolean;
    };
    readonly output: PaintedScene;
  };
  readonly clip: { readonly input: ClipJob; readonly output: Uint8Array };
  readonly speech: { readonly input: SpeechJob; readonly output: SpokenText };
  readonly score: { readonly input: ScorePlan; readonly output: Uint8Array };
  readonly film: { readonly input: FilmJob; readonly output: Uint8Array };
}

export type JobKind = keyof Jobs;

/** What the thread is started with. */
export interface JobMessage<Kind extends JobKind = JobKind> {
  readonly kind: Kind;
  readonly input: Jobs[Kind]["input"];
}

/** What the thread sends back. */
export type JobReply =
  | { readonly type: "progress"; readonly fraction: number }
  | { readonly type: "done"; readonly output: unknown }
  | { readonly type: "failed"; readonly error: unknown };
