import { mix } from "../paint/color.js";
import type { SeededRandom } from "../random/seeded-random.js";
import type { LayerPlan } from "./layer-plan.js";
import type { Stage } from "./stage.js";

export interface TreeLineOptions {
  readonly name: string;
  readonly depth: number;
  /** Board row of the roots. */
  readonly base: number;
  readonly count: number;
  readonly size: number;
  readonly distance: number;
  /** Keep the middle of the board free, as a share of its width. */
  readonly clearing?: number;
}

/** A row of conifers; with snow on the ground their boughs carry some. */
export function coniferLayer(stage: Stage, options: TreeLineOptions): LayerPlan {
  const random = stage.random(options.name);
  const color = stage.shade(options.distance);
  const trees = Array.from({ length: options.count }, (_, index) => {
    const x = placeTree(random, index, options);
    const height = options.size * random.range(0.65, 1.25);
    return x === undefined
      ? ""
      : conifer(random, {
          x,
          y: options.base + random.range(0, options.size * 0.07),
          height,
          color,
          hasSnow: stage.hasSnowGround,
          snow: mix("#dfe9f7", color, stage.isDark ? 0.5 : 0.2),
        });
  }).join("");
  const floor = `<rect x="0" y="${options.base - 4}" width="1600" height="${900 - options.base + 4}" fill="${options.clearing === undefined ? color : "none"}"/>`;
  const rim = {
    color: stage.lightColor,
    x: (stage.lightX - 800) / 260,
    y: -1.6,
    strength: 0.35 * stage.lightStrength + 0.06,
  };
  return {
    name: options.name,
    depth: options.depth,
    motion: { parallax: options.depth, sway: 0.0012 },
    kind: "svg",
    body: trees + floor,
    rim,
  };
}

function placeTree(random: SeededRandom, index: number, options: TreeLineOptions): number | undefined {
  const x = ((index + random.range(0.1, 0.9)) / options.count) * 1680 - 40;
  const gap = options.clearing ?? 0;
  return Math.abs(x - 800) < gap * 800 ? undefined : x;
}

interface Conifer {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly color: string;
  readonly hasSnow: boolean;
  readonly snow: string;
}

function conifer(random: SeededRandom, tree: Conifer): string {
  const { x, y, height } = tree;
  const tiers = Math.round(Math.min(11, Math.max(5, height / 34)));
  const left: string[] = [];
  const right: string[] = [];
  const snow: string[] = [];
  for (let tier = 1; tier <= tiers; tier++) {
    const down = y - height * (1 - tier / (tiers + 0.6));
    const half = height * 0.2 * (tier / tiers) * random.range(0.85, 1.15);
    const inner = half * random.range(0.42, 0.58);
    left.unshift(
      `${(x - inner).toFixed(1)},${(down - height * 0.02).toFixed(1)}`,
      `${(x - half).toFixed(1)},${(down + height * 0.025).toFixed(1)}`,
    );
    right.push(
      `${(x + half * random.range(0.9, 1.1)).toFixed(1)},${(down + height * 0.025).toFixed(1)}`,
      `${(x + inner).toFixed(1)},${(down - height * 0.02).toFixed(1)}`,
    );
    if (tree.hasSnow) {
      snow.push(
        `<path d="M${(x - half).toFixed(1)},${(down + height * 0.025).toFixed(1)} Q${(x - half * 0.3).toFixed(1)},${(down - height * 0.05).toFixed(1)} ${x.toFixed(1)},${(down - height * 0.055).toFixed(1)} Q${(x - half * 0.35).toFixed(1)},${(down + height * 0.005).toFixed(1)} ${(x - half).toFixed(1)},${(down + height * 0.025).toFixed(1)}Z"/>`,
      );
    }
  }
  const crown = `<polygon points="${x},${y - height} ${right.join(" ")} ${left.join(" ")}" fill="${tree.color}"/>`;
  const trunk = `<rect x="${x - height * 0.018}" y="${y - height * 0.08}" width="${height * 0.036}" height="${height * 0.12}" fill="${tree.color}"/>`;
  return `${trunk}${crown}${snow.length > 0 ? `<g fill="${tree.snow}" opacity="0.75">${snow.join("")}</g>` : ""}`;
}

/** Tall trunks of an old forest, leaning a little, with a roof of leaves above. */
export function trunkLayer(stage: Stage, options: TreeLineOptions): LayerPlan {
  const random = stage.random(options.name);
  const color = stage.shade(options.distance);
  const trunks = Array.from({ length: options.count }, (_, index) => {
    const x = placeTree(random, index, options);
    if (x === undefined) return "";
    const width = options.size * random.range(0.6, 1.3);
    const lean = random.range(-30, 30);
    return trunk(random, { x, base: options.base, width, lean });
  }).join("");
  const roof = Array.from({ length: 46 }, () => {
    const x = random.range(-40, 1640);
    const y = random.range(-60, 60 + options.distance * 60 + Math.abs(x - 800) * 0.12);
    const size = random.range(40, 110);
    return `<ellipse cx="${x.toFixed(0)}" cy="${y.toFixed(0)}" rx="${size.toFixed(0)}" ry="${(size * 0.55).toFixed(0)}"/>`;
  }).join("");
  const rim = {
    color: stage.lightColor,
    x: (stage.lightX - 800) / 140,
    y: -1,
    strength: 0.4 * stage.lightStrength + 0.08,
  };
  return {
    name: options.name,
    depth: options.depth,
    motion: { parallax: options.depth, sway: 0.001 },
    kind: "svg",
    body: `<g fill="${color}">${trunks}${roof}</g>`,
    rim,
  };
}

function trunk(random: SeededRandom, shape: { x: number; base: number; width: number; lean: number }): string {
  const { x, base, width, lean } = shape;
  const root = width * 1.5;
  const branches = Array.from({ length: 4 }, () => {
    const y = random.range(40, base * 0.6);
    const side = random.chance(0.5) ? 1 : -1;
    const reach = random.range(60, 150) * side;
    const at = x + lean * (1 - y / base);
    return `<path d="M${at.toFixed(0)},${y.toFixed(0)} q${(reach * 0.5).toFixed(0)},-10 ${reach.toFixed(0)},${random.range(-70, -30).toFixed(0)} q${(-reach * 0.4).toFixed(0)},50 ${(-reach).toFixed(0)},${(60 + width * 0.3).toFixed(0)}Z"/>`;
  }).join("");
  return `<path d="M${x + lean - width / 2},-20 Q${x - width / 2},${base * 0.6} ${x - root},${base + 30} L${x + root},${base + 30} Q${x + width / 2},${base * 0.6} ${x + lean + width / 2},-20 Z"/>${branches}`;
}

/** A round-crowned tree, `size` high; leaves in lighter tufts towards the light. */
export function broadTree(
  random: SeededRandom,
  tree: { x: number; y: number; size: number; color: string; light: string; side: number },
): string {
  const { x, y, size } = tree;
  const trunkPath = `<path d="M${x - size * 0.05},${y} Q${x - size * 0.02},${y - size * 0.3} ${x - size * 0.1},${y - size * 0.55} L${x + size * 0.1},${y - size * 0.55} Q${x + size * 0.02},${y - size * 0.3} ${x + size * 0.06},${y}Z" fill="${mix(tree.color, "#1a1210", 0.55)}"/>`;
  const tufts = Array.from({ length: 38 }, (_, index) => {
    const angle = random.range(0, 6.28);
    const reach = Math.sqrt(random.next()) * size * 0.36;
    const share = index / 38;
    const cx = x + Math.cos(angle) * reach * 1.15 + tree.side * share * size * 0.04;
    const cy = y - size * 0.7 + Math.sin(angle) * reach * 0.75 - share * size * 0.06;
    const fill = mix(mix(tree.color, "#0f1015", 0.35), tree.light, share * 0.75);
    return `<circle cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="${(size * random.range(0.07, 0.13) * (1.15 - share * 0.5)).toFixed(1)}" fill="${fill}"/>`;
  }).join("");
  return trunkPath + tufts;
}
