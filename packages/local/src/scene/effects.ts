import { mix } from "../paint/color.js";
import type { Stage } from "./stage.js";

/** Things that move in the air; drawn frame by frame. */
export type EffectKind =
  | "rain"
  | "snow"
  | "leaves"
  | "fireflies"
  | "birds"
  | "bubbles"
  | "dust"
  | "splashes"
  | "petals"
  | "twinkle"
  | "lightning";

export interface Effect {
  readonly kind: EffectKind;
  readonly count: number;
  /** `#rrggbb` */
  readonly color: string;
  /** Layers nearer than this are drawn over it. */
  readonly depth: number;
  /** Frame row, 0 to 1, above which splashes and fireflies do not appear, or below which birds and stars do not. */
  readonly line: number;
}

/** The effects that a scene asks for. */
export function effectsOf(stage: Stage): readonly Effect[] {
  const { scene } = stage;
  const line = (stage.horizon - 56) / 788;
  const effects: Effect[] = [...weatherEffects(stage, line)];
  if (scene.setting === "underwater")
    effects.push({ kind: "bubbles", count: 60, color: "#d6fbf6", depth: 0.9, line: 0 });
  if (scene.setting === "space")
    effects.push(
      { kind: "twinkle", count: 50, color: "#ffffff", depth: 0.04, line: 1 },
      { kind: "dust", count: 40, color: "#ffe6c8", depth: 0.9, line: 0 },
    );
  if (isFlyway(stage))
    effects.push({ kind: "birds", count: 7, color: stage.shade(0.3), depth: 0.32, line: line * 0.8 });
  if (
    stage.isDark &&
    ["forest", "meadow", "river", "lake", "village"].includes(scene.setting) &&
    !stage.hasSnowGround
  ) {
    effects.push({ kind: "fireflies", count: 34, color: "#ffe08a", depth: 0.8, line: line * 0.9 });
  }
  if (scene.timeOfDay === "night" && scene.setting !== "space")
    effects.push({ kind: "twinkle", count: 34, color: "#ffffff", depth: 0.04, line: line * 0.7 });
  return effects;
}

function isFlyway(stage: Stage): boolean {
  const { scene } = stage;
  return (
    !stage.isDark &&
    ["clear", "cloudy", "wind", "fog"].includes(scene.weather) &&
    !["space", "underwater", "forest", "street"].includes(scene.setting)
  );
}

function weatherEffects(stage: Stage, line: number): readonly Effect[] {
  const { scene } = stage;
  if (scene.setting === "underwater" || scene.setting === "space") return [];
  const white = mix("#ffffff", stage.lightColor, 0.25);
  const ease = scene.act === "arrival" ? 0.45 : 1;
  switch (scene.weather) {
    case "rain":
    case "storm":
      return [
        { kind: "rain", count: Math.round(230 * ease), color: "#c4d4e8", depth: 0.45, line: 0 },
        { kind: "rain", count: Math.round(120 * ease), color: "#dfeaf6", depth: 0.95, line: 0 },
        { kind: "splashes", count: Math.round(70 * ease), color: "#dfeaf6", depth: 0.66, line: line + 0.03 },
        ...(scene.weather === "storm"
          ? [{ kind: "lightning", count: 2, color: "#eef4ff", depth: 0.03, line: 1 } as const]
          : []),
      ];
    case "snow":
    case "aurora":
      return [
        { kind: "snow", count: scene.weather === "snow" ? 220 : 70, color: white, depth: 0.4, line: 0 },
        { kind: "snow", count: scene.weather === "snow" ? 80 : 26, color: white, depth: 1.1, line: 0 },
      ];
    case "wind":
      return [{ kind: "leaves", count: 46, color: "#d98a3c", depth: 0.9, line: 0 }];
    case "clear":
    case "cloudy":
      return [
        {
          kind: scene.setting === "meadow" || scene.setting === "village" ? "petals" : "dust",
          count: 34,
          color: mix("#fff3dc", stage.lightColor, 0.4),
          depth: 0.9,
          line: 0,
        },
      ];
    case "fog":
      return [{ kind: "dust", count: 26, color: "#f2efe6", depth: 0.9, line: 0 }];
  }
}
