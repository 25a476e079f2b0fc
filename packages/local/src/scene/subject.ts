import { brighten, mix } from "../paint/color.js";
import type { LayerMotion, LayerPlan } from "./layer-plan.js";
import { hasWater, isAirborne, type Stage } from "./stage.js";
import { SUBJECT_SHAPES, type SubjectColors } from "./subject-shapes.js";
import { broadTree } from "./trees.js";

const AFLOAT: ReadonlySet<string> = new Set(["paperboat", "sailboat", "lantern"]);
const RUNNERS: ReadonlySet<string> = new Set(["train", "car", "bicycle", "horse"]);

/** The subject, lit from the scene's light, with its shadow or mirror image under it. */
export function subjectLayers(stage: Stage): readonly LayerPlan[] {
  const { x, y, scale } = stage.subject;
  const drawn = drawSubject(stage);
  const motion = motionOf(stage);
  const place = `translate(${x} ${y}) scale(${scale})`;
  const rim = {
    color: stage.lightColor,
    x: (stage.lightX - x) / 130 || 1,
    y: (stage.lightY - y) / 130,
    strength: 0.4 + 0.45 * stage.lightStrength,
  };
  const body = `<defs>${halo(stage)}</defs><g transform="${place}">${drawn}</g>`;
  const subject: LayerPlan = { name: "subject", depth: 0.7, motion, kind: "svg", body, rim };
  const under = underneath(stage, drawn, motion);
  return under === undefined ? [subject] : [under, subject];
}

function drawSubject(stage: Stage): string {
  const { scene } = stage;
  const size = {
    x: 0,
    y: 0,
    size: 130,
    color: scene.subjectColor,
    light: stage.lightColor,
    side: stage.lightX > stage.subject.x ? 1 : -1,
  };
  const draw = SUBJECT_SHAPES[scene.subject];
  return draw === undefined ? broadTree(stage.random("tree"), size) : draw(colorsOf(stage));
}

function colorsOf(stage: Stage): SubjectColors {
  const dim = { dawn: 0.18, day: 0.04, sunset: 0.24, dusk: 0.3, night: 0.42 }[stage.scene.timeOfDay];
  const body = mix(stage.scene.subjectColor, stage.shade(0.35), dim);
  return {
    body,
    shade: mix(brighten(body, 0.66), stage.shade(0.2), 0.25),
    light: mix(brighten(body, 1.16), stage.lightColor, 0.3),
    dark: mix(stage.shade(0), "#241c1c", 0.35),
    glow: stage.isDark || stage.scene.timeOfDay === "sunset" ? "#ffd98c" : mix("#bfe0ee", stage.lightColor, 0.3),
  };
}

function halo(stage: Stage): string {
  const strength = stage.isDark ? 0.7 : stage.scene.timeOfDay === "day" ? 0.12 : 0.4;
  return `<radialGradient id="halo"><stop offset="0" stop-color="#ffe6a8" stop-opacity="${strength}"/><stop offset="0.35" stop-color="#ffb95e" stop-opacity="${strength * 0.36}"/><stop offset="1" stop-color="#ff9a3d" stop-opacity="0"/></radialGradient>`;
}

function motionOf(stage: Stage): LayerMotion {
  const { scene } = stage;
  const base = { parallax: 0.7 };
  const pivot = stage.subject.y / 900;
  if (AFLOAT.has(scene.subject)) return { ...base, bob: 0.006, sway: 0.035, drift: 0.014, pivot };
  if (isAirborne(scene) || scene.setting === "underwater")
    return { ...base, bob: 0.016, sway: 0.012, drift: 0.018, pivot };
  if (RUNNERS.has(scene.subject)) return { ...base, drift: 0.03, bob: 0.0012 };
  if (scene.subject === "umbrella" || scene.subject === "robot")
    return { ...base, drift: 0.01, bob: 0.0018, sway: 0.006, pivot };
  return { ...base, sway: 0.008, pivot, bob: 0.0008 };
}

function underneath(stage: Stage, drawn: string, motion: LayerMotion): LayerPlan | undefined {
  const { x, y, scale } = stage.subject;
  const { scene } = stage;
  if (isAirborne(scene) || scene.setting === "underwater" || scene.subject === "whale") return undefined;
  const isMirror = hasWater(scene.setting);
  const width = ["train", "whale"].includes(scene.subject) ? 130 : 48;
  const blur = `<filter id="under" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="${isMirror ? 2.2 : 5}"/></filter>`;
  const shadow = `<ellipse cx="${x}" cy="${y + 4}" rx="${width * scale}" ry="${9 * scale}" fill="${stage.shade(0)}" opacity="0.5" filter="url(#under)"/>`;
  const mirror = isMirror
    ? `<g transform="translate(${x} ${y + 6}) scale(${scale} ${-scale * 0.8})" opacity="0.42" filter="url(#under)">${drawn}</g>`
    : "";
  const { drift = 0 } = motion;
  const bank =
    isMirror && !AFLOAT.has(scene.subject) && !["street", "beach"].includes(scene.setting)
      ? bankUnder(stage, width)
      : "";
  return {
    name: "subject-mirror",
    depth: 0.68,
    motion: { parallax: 0.7, drift, ripple: isMirror ? 0.004 : 0 },
    kind: "svg",
    body: `<defs>${halo(stage)}${blur}</defs>${mirror}${bank}${shadow}`,
  };
}

/** A low bank of earth in the water, for those who cannot float. */
function bankUnder(stage: Stage, width: number): string {
  const { x, y, scale } = stage.subject;
  const half = width * scale * 2.1;
  const top = mix(stage.hasSnowGround ? "#dfe8f6" : "#5d5b40", stage.shade(0.2), stage.isDark ? 0.6 : 0.35);
  const rim = mix(top, stage.lightColor, 0.2 + 0.25 * stage.lightStrength);
  const line = (drop: number): string =>
    `M${x - half},${y + 14} Q${x - half * 0.5},${y - 16 + drop} ${x},${y - 10 + drop} Q${x + half * 0.55},${y - 14 + drop} ${x + half},${y + 12}`;
  return `<ellipse cx="${x}" cy="${y + 24}" rx="${half * 0.96}" ry="20" fill="${stage.shade(0)}" opacity="0.45" filter="url(#under)"/><path d="${line(0)} Q${x},${y + 46} ${x - half},${y + 14}Z" fill="${rim}"/><path d="${line(5)} Q${x},${y + 46} ${x - half},${y + 14}Z" fill="${top}"/>`;
}
