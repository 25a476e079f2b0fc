import type { LayerMotion } from "../scene/layer-plan.js";
import type { CameraMotion } from "../storyboard/storyboard.js";
import type { Placement } from "./blend-plane.js";

/** One moment of a clip. */
export interface Moment {
  readonly seconds: number;
  readonly durationSeconds: number;
  readonly width: number;
  readonly height: number;
}

/** Where a layer stands at a moment, under the camera's move and its own. */
export function placeLayer(motion: LayerMotion, camera: CameraMotion, isFree: boolean, moment: Moment): Placement {
  const { seconds, width, height } = moment;
  const view = cameraAt(camera, moment.seconds / moment.durationSeconds);
  const beat = Math.sin(seconds * 1.9);
  const slow = Math.sin(seconds * 1.1 + motion.parallax * 3);
  const middle = seconds - moment.durationSeconds / 2;
  return {
    scale: 1 + view.zoom * (0.3 + motion.parallax),
    x: (-view.x * motion.parallax + (motion.drift ?? 0) * middle) * width,
    y: (-view.y * motion.parallax + (motion.bob ?? 0) * beat) * height,
    shear: (motion.sway ?? 0) * Math.sin(seconds * 1.35 + motion.parallax * 2),
    pivot: motion.pivot ?? 1,
    ripple: (motion.ripple ?? 0) * width,
    seconds,
    opacity: Math.round(256 * (1 - (motion.pulse ?? 0) * (0.5 + 0.5 * slow))),
    isFree,
  };
}

interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** The camera's place at a share of the clip; `x` and `y` in frames, small enough for the layers' margins. */
function cameraAt(camera: CameraMotion, share: number): View {
  const eased = share * 0.7 + share * share * (3 - 2 * share) * 0.3;
  const swing = eased * 2 - 1;
  switch (camera) {
    case "pan-right":
      return { x: 0.042 * swing, y: 0, zoom: 0.012 };
    case "pan-left":
      return { x: -0.042 * swing, y: 0, zoom: 0.012 };
    case "push-in":
      return { x: 0.012 * swing, y: 0.008 * swing, zoom: 0.085 * eased };
    case "pull-out":
      return { x: 0.01 * swing, y: -0.01 * swing, zoom: 0.085 * (1 - eased) };
    case "rise":
      return { x: 0, y: -0.035 * swing, zoom: 0.03 * eased };
  }
}
