import { mix } from "../paint/color.js";
import type { SeededRandom } from "../random/seeded-random.js";
import { lampGradient } from "./buildings.js";
import type { LayerPlan } from "./layer-plan.js";
import type { Stage } from "./stage.js";

const VANISH_X = 800;
const SHOP_COLORS = ["#ffce7a", "#ff9f5e", "#ffe2a8", "#7fd6d0", "#ff7f7a"] as const;

interface Facade {
  readonly side: -1 | 1;
  /** Distance from the vanishing point of the far and the near edge, as a share of the half board. */
  readonly far: number;
  readonly near: number;
  readonly floors: number;
  readonly color: string;
}

/** House fronts on both sides, running to a vanishing point on the horizon. */
export function streetLayers(stage: Stage): readonly LayerPlan[] {
  const random = stage.random("street");
  const bands = [
    { name: "houses-far", depth: 0.3, from: 0.1, to: 0.34, count: 3, distance: 0.62 },
    { name: "houses-mid", depth: 0.42, from: 0.32, to: 0.72, count: 2, distance: 0.4 },
    { name: "houses-near", depth: 0.5, from: 0.7, to: 1.2, count: 1, distance: 0.2 },
  ];
  return bands.map((band) => {
    const facades = ([-1, 1] as const).map((side) => row(stage, random, side, band)).join("");
    return {
      name: band.name,
      depth: band.depth,
      motion: { parallax: band.depth },
      kind: "svg",
      body: `<defs>${lampGradient()}</defs>${facades}`,
    };
  });
}

function row(
  stage: Stage,
  random: SeededRandom,
  side: -1 | 1,
  band: { from: number; to: number; count: number; distance: number },
): string {
  const step = (band.to - band.from) / band.count;
  let drawn = "";
  for (let index = 0; index < band.count; index++) {
    const far = band.from + step * index;
    const tone = random.pick(["#6b4a44", "#4d5566", "#5f5a50", "#704f5a", "#45595c"]);
    const color = mix(stage.shade(band.distance - index * 0.05), tone, 0.3);
    drawn += facade(stage, random, { side, far, near: far + step + 0.01, floors: random.whole(3, 4), color });
  }
  return drawn;
}

/** Height above the horizon at a distance from the vanishing point. */
function rise(share: number, floors: number): number {
  return share * (270 + floors * 95);
}

function facade(stage: Stage, random: SeededRandom, front: Facade): string {
  const x = (share: number): number => VANISH_X + front.side * share * 800;
  const foot = (share: number): number => stage.horizon + share * 150;
  const level = (share: number, part: number): number =>
    foot(share) - part * (foot(share) - stage.horizon + rise(share, front.floors));
  const quad = (from: number, to: number, low: number, high: number): string =>
    `${x(from).toFixed(1)},${level(from, low).toFixed(1)} ${x(to).toFixed(1)},${level(to, low).toFixed(1)} ${x(to).toFixed(1)},${level(to, high).toFixed(1)} ${x(from).toFixed(1)},${level(from, high).toFixed(1)}`;
  const wall = `<polygon points="${quad(front.far, front.near, -0.02, 1)}" fill="${front.color}"/><polygon points="${quad(front.far, front.near, 0.965, 1.02)}" fill="${mix(front.color, stage.lightColor, 0.16)}"/>`;
  return wall + shopFront(stage, random, front, quad) + upperWindows(stage, random, front, quad);
}

type Quad = (from: number, to: number, low: number, high: number) => string;

function shopFront(stage: Stage, random: SeededRandom, front: Facade, quad: Quad): string {
  const width = front.near - front.far;
  const glow = random.pick(SHOP_COLORS);
  const awning = mix(random.pick(["#8f3a34", "#2f5d5a", "#8a6a2f", "#3d4a7a"]), stage.shade(0), 0.25);
  const opacity = stage.scene.timeOfDay === "day" ? 0.45 : 0.95;
  return `<polygon points="${quad(front.far + width * 0.1, front.near - width * 0.42, 0.02, 0.19)}" fill="${glow}" opacity="${opacity}"/><polygon points="${quad(front.near - width * 0.34, front.near - width * 0.12, 0, 0.19)}" fill="${mix(front.color, "#000000", 0.4)}"/><polygon points="${quad(front.far + width * 0.06, front.near - width * 0.06, 0.2, 0.25)}" fill="${awning}"/>`;
}

function upperWindows(stage: Stage, random: SeededRandom, front: Facade, quad: Quad): string {
  const width = front.near - front.far;
  const columns = 3;
  const share = stage.isDark ? 0.5 : 0.3;
  let drawn = "";
  for (let floor = 0; floor < front.floors; floor++) {
    const low = 0.31 + (floor / front.floors) * 0.64;
    for (let column = 0; column < columns; column++) {
      const from = front.far + width * (0.12 + (column / columns) * 0.8);
      const to = from + width * 0.15;
      const isLit = random.chance(share);
      const fill = isLit
        ? random.pick(["#ffd27f", "#ffbd66", "#ffe6b0"])
        : mix(front.color, stage.scene.palette[1] ?? "#445566", 0.45);
      drawn += `<polygon points="${quad(from, to, low, low + 0.42 / front.floors)}" fill="${fill}" opacity="${isLit ? 0.92 : 0.7}"/>`;
    }
  }
  return drawn;
}

/** Street lamps on both kerbs, each with its halo; on the ground's layer so that they are mirrored in the wet. */
export function lampLayer(stage: Stage): LayerPlan {
  const isLit = stage.scene.timeOfDay !== "day";
  const lamps = [0.24, 0.46, 0.86].flatMap((share) =>
    [-1, 1].map((side) => lamp(stage, VANISH_X + side * share * 720, stage.horizon + share * 130, share * 430, isLit)),
  );
  return {
    name: "lamps",
    depth: 0.46,
    motion: { parallax: 0.46, pulse: 0.05 },
    kind: "svg",
    body: `<defs>${lampGradient()}</defs>${lamps.join("")}`,
  };
}

function lamp(stage: Stage, x: number, y: number, height: number, isLit: boolean): string {
  const iron = stage.shade(0.05);
  const thick = Math.max(2, height * 0.018);
  const top = y - height;
  const halo = isLit
    ? `<circle cx="${x}" cy="${top}" r="${height * 0.55}" fill="url(#lamp)"/><circle cx="${x}" cy="${top}" r="${height * 0.045}" fill="#fff3d2"/>`
    : "";
  return `<rect x="${x - thick / 2}" y="${top}" width="${thick}" height="${height}" fill="${iron}"/><path d="M${x - thick * 3},${top + height * 0.06} L${x + thick * 3},${top + height * 0.06} L${x + thick * 2},${top - height * 0.05} L${x - thick * 2},${top - height * 0.05}Z" fill="${isLit ? "#ffcf80" : iron}"/>${halo}`;
}
