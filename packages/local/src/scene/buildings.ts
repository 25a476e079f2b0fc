import { mix } from "../paint/color.js";
import type { SeededRandom } from "../random/seeded-random.js";
import type { LayerPlan } from "./layer-plan.js";
import type { Stage } from "./stage.js";

const WINDOW_LIGHTS = ["#ffd98a", "#ffc061", "#ffe9bd", "#ff9d5c", "#bfe3ff"] as const;

/** A skyline of towers with lit windows. */
export function skylineLayer(
  stage: Stage,
  options: { name: string; depth: number; base: number; height: number; distance: number; count: number },
): LayerPlan {
  const random = stage.random(options.name);
  const color = stage.shade(options.distance);
  const body = Array.from({ length: options.count }, (_, index) => {
    const width = (1700 / options.count) * random.range(0.75, 1.35);
    const x = (index / options.count) * 1700 - 60;
    const middle = 1 - Math.abs(x - 800) / 1300;
    const height = options.height * random.range(0.35, 1) * (0.55 + 0.6 * middle);
    return tower(stage, random, {
      x,
      y: options.base - height,
      width,
      height: height + 40,
      color,
      distance: options.distance,
    });
  }).join("");
  const floor = `<rect x="0" y="${options.base}" width="1600" height="${900 - options.base}" fill="${color}"/>`;
  const rim = { color: stage.lightColor, x: (stage.lightX - 800) / 260, y: -1.4, strength: 0.4 * stage.lightStrength };
  return {
    name: options.name,
    depth: options.depth,
    motion: { parallax: options.depth },
    kind: "svg",
    body: body + floor,
    rim,
  };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: string;
  readonly distance: number;
}

function tower(stage: Stage, random: SeededRandom, box: Box): string {
  const lit = mix(box.color, stage.lightColor, 0.12);
  const side = stage.lightX > box.x ? box.x + box.width * 0.62 : box.x;
  const top = roofOf(random, box);
  const face = `<rect x="${side.toFixed(0)}" y="${box.y.toFixed(0)}" width="${(box.width * 0.38).toFixed(0)}" height="${box.height.toFixed(0)}" fill="${lit}" opacity="0.5"/>`;
  return `<rect x="${box.x.toFixed(0)}" y="${box.y.toFixed(0)}" width="${box.width.toFixed(0)}" height="${box.height.toFixed(0)}" fill="${box.color}"/>${face}${top}${windowGrid(stage, random, box)}`;
}

function roofOf(random: SeededRandom, box: Box): string {
  const middle = box.x + box.width / 2;
  const kind = random.whole(0, 3);
  if (kind === 0)
    return `<rect x="${middle - 2}" y="${box.y - 46}" width="3" height="48" fill="${box.color}"/><circle cx="${middle - 0.5}" cy="${box.y - 46}" r="3" fill="#ff6a5a"/>`;
  if (kind === 1)
    return `<polygon points="${box.x},${box.y + 1} ${middle},${box.y - 34} ${box.x + box.width},${box.y + 1}" fill="${box.color}"/>`;
  if (kind === 2)
    return `<rect x="${box.x + box.width * 0.2}" y="${box.y - 22}" width="${box.width * 0.6}" height="24" fill="${box.color}"/>`;
  return "";
}

function windowGrid(stage: Stage, random: SeededRandom, box: Box): string {
  const step = 17 + (1 - box.distance) * 12;
  const share = stage.isDark ? 0.5 : stage.scene.timeOfDay === "sunset" ? 0.28 : 0.1;
  const opacity = stage.isDark ? 0.92 - box.distance * 0.45 : 0.55;
  let windows = "";
  for (let y = box.y + step * 0.7; y < Math.min(880, box.y + box.height) - step; y += step) {
    for (let x = box.x + step * 0.4; x < box.x + box.width - step * 0.6; x += step * 0.85) {
      if (!random.chance(share)) continue;
      windows += `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${(step * 0.42).toFixed(1)}" height="${(step * 0.55).toFixed(1)}" fill="${random.pick(WINDOW_LIGHTS)}" opacity="${(opacity * random.range(0.45, 1)).toFixed(2)}"/>`;
    }
  }
  return windows;
}

/** A row of small gabled houses with warm windows and smoke. */
export function houseLayer(
  stage: Stage,
  options: {
    name: string;
    depth: number;
    base: number;
    size: number;
    distance: number;
    count: number;
    clearing?: number;
  },
): LayerPlan {
  const random = stage.random(options.name);
  const body = Array.from({ length: options.count }, (_, index) => {
    const x = ((index + random.range(0.1, 0.7)) / options.count) * 1600;
    if (Math.abs(x - 800) < (options.clearing ?? 0) * 800) return "";
    return house(stage, random, {
      x,
      y: options.base + random.range(-10, 14),
      size: options.size * random.range(0.8, 1.2),
      distance: options.distance,
    });
  }).join("");
  const rim = {
    color: stage.lightColor,
    x: (stage.lightX - 800) / 260,
    y: -1.6,
    strength: 0.4 * stage.lightStrength + 0.08,
  };
  return { name: options.name, depth: options.depth, motion: { parallax: options.depth }, kind: "svg", body, rim };
}

function house(
  stage: Stage,
  random: SeededRandom,
  place: { x: number; y: number; size: number; distance: number },
): string {
  const { x, y, size } = place;
  const wall = mix(stage.shade(place.distance), random.pick(["#8a6a55", "#7a5a58", "#6a7078", "#94815f"]), 0.28);
  const roof = stage.hasSnowGround
    ? mix("#e8eef8", stage.shade(place.distance), stage.isDark ? 0.5 : 0.15)
    : mix(stage.shade(place.distance), "#5a2f2a", 0.25);
  const width = size * random.range(1, 1.4);
  const light = stage.scene.timeOfDay === "day" ? mix(wall, "#bcd6e4", 0.5) : random.pick(WINDOW_LIGHTS);
  const panes = [0.22, 0.58]
    .map(
      (share) =>
        `<circle cx="${x + width * (share + 0.08)}" cy="${y - size * 0.33}" r="${size * 0.45}" fill="url(#lamp)" opacity="${stage.isDark ? 0.5 : 0}"/><rect x="${x + width * share}" y="${y - size * 0.44}" width="${width * 0.17}" height="${size * 0.24}" fill="${light}"/>`,
    )
    .join("");
  return `<defs>${lampGradient()}</defs><rect x="${x + width * 0.72}" y="${y - size * 1.18}" width="${width * 0.1}" height="${size * 0.4}" fill="${wall}"/><rect x="${x}" y="${y - size * 0.62}" width="${width}" height="${size * 0.7}" fill="${wall}"/><polygon points="${x - width * 0.1},${y - size * 0.58} ${x + width / 2},${y - size * 1.15} ${x + width * 1.1},${y - size * 0.58}" fill="${roof}"/>${panes}`;
}

/** The glow of a lamp, to be used once per drawing as `url(#lamp)`. */
export function lampGradient(): string {
  return `<radialGradient id="lamp"><stop offset="0" stop-color="#ffdf9e" stop-opacity="0.95"/><stop offset="0.2" stop-color="#ffbf62" stop-opacity="0.5"/><stop offset="0.55" stop-color="#ff9a3d" stop-opacity="0.16"/><stop offset="1" stop-color="#ff9a3d" stop-opacity="0"/></radialGradient>`;
}
