import { mix } from "../paint/color.js";
import type { LayerPlan } from "./layer-plan.js";
import type { Stage } from "./stage.js";

/** Blades of grass or reeds along the foot of the frame. */
export function grassLayer(stage: Stage, options: { color: string; height: number; flowers: boolean }): LayerPlan {
  const random = stage.random("grass");
  const blades = Array.from({ length: 150 }, () => {
    const x = random.range(-20, 1620);
    const edge = Math.abs(x - 800) / 800;
    const height = options.height * random.range(0.35, 1) * (0.4 + 0.9 * edge);
    const lean = random.range(-34, 44);
    const flower =
      options.flowers && random.chance(0.16)
        ? `<circle cx="${(x + lean).toFixed(0)}" cy="${(900 - height).toFixed(0)}" r="${random.range(4, 9).toFixed(1)}" fill="${mix(random.pick(["#e8735a", "#f0c95a", "#e9dff2", "#b981d6"]), stage.shade(0), 0.3)}"/>`
        : "";
    return `<path d="M${(x - 5).toFixed(0)},905 Q${(x + lean * 0.2).toFixed(0)},${(900 - height * 0.6).toFixed(0)} ${(x + lean).toFixed(0)},${(900 - height).toFixed(0)} Q${(x + lean * 0.35 + 4).toFixed(0)},${(900 - height * 0.55).toFixed(0)} ${(x + 6).toFixed(0)},905Z" fill="${mix(options.color, stage.shade(0), random.range(0.35, 0.95))}"/>${flower}`;
  }).join("");
  const rim = { color: stage.lightColor, x: (stage.lightX - 800) / 160, y: -1, strength: 0.5 * stage.lightStrength };
  return { name: "near", depth: 1, motion: { parallax: 1.15, sway: 0.012 }, kind: "svg", body: blades, rim };
}

/** A bough that reaches into the upper corner, out of focus. */
export function boughLayer(stage: Stage, options: { side: 1 | -1; leaf: string; needles: boolean }): LayerPlan {
  const random = stage.random("bough");
  const place = (x: number): number => (options.side > 0 ? 1600 - x : x);
  const color = stage.shade(0);
  const twigs = Array.from({ length: 5 }, (_, index) => {
    const length = 520 - index * 70;
    const y = -10 + index * 48;
    const tip = y + 110 + random.range(-30, 40);
    const leaves = Array.from({ length: 26 }, () =>
      leafAt(random.next(), {
        place,
        length,
        y,
        tip,
        needles: options.needles,
        size: random.range(9, 22),
        turn: random.range(-50, 50),
        fill: mix(options.leaf, color, random.range(0.3, 0.85)),
        off: random.range(-22, 26),
      }),
    ).join("");
    return `<path d="M${place(-20)},${y} Q${place(length * 0.5)},${y + 18} ${place(length)},${tip}" stroke="${color}" stroke-width="${9 - index}" fill="none"/>${leaves}`;
  }).join("");
  const body = `<defs><filter id="blur"><feGaussianBlur stdDeviation="2.2"/></filter></defs><g filter="url(#blur)">${twigs}</g>`;
  return { name: "near", depth: 1, motion: { parallax: 1.3, sway: 0.006, pivot: 0 }, kind: "svg", body };
}

interface Leaf {
  readonly place: (x: number) => number;
  readonly length: number;
  readonly y: number;
  readonly tip: number;
  readonly needles: boolean;
  readonly size: number;
  readonly turn: number;
  readonly fill: string;
  readonly off: number;
}

function leafAt(share: number, leaf: Leaf): string {
  const x = leaf.place(leaf.length * share);
  const y = leaf.y + (leaf.tip - leaf.y) * share * share + 16 * share * (1 - share) + leaf.off;
  const ratio = leaf.needles ? 0.14 : 0.46;
  return `<ellipse cx="${x.toFixed(0)}" cy="${y.toFixed(0)}" rx="${(leaf.size * (leaf.needles ? 1.9 : 1)).toFixed(0)}" ry="${(leaf.size * ratio).toFixed(1)}" transform="rotate(${leaf.turn.toFixed(0)} ${x.toFixed(0)} ${y.toFixed(0)})" fill="${leaf.fill}"/>`;
}

/** Dark rocks in the lower corners. */
export function rockLayer(stage: Stage, options: { color: string; height: number }): LayerPlan {
  const random = stage.random("rocks");
  const rocks = Array.from({ length: 9 }, (_, index) => {
    const isLeft = index % 2 === 0;
    const x = isLeft ? random.range(-60, 330) : random.range(1270, 1660);
    const size = options.height * random.range(0.35, 1) * (0.5 + Math.abs(x - 800) / 900);
    const color = mix(options.color, stage.shade(0), random.range(0.45, 0.9));
    return `<polygon points="${[
      [-1.1, 0.5],
      [-0.8, -0.35],
      [-0.25, -0.72],
      [0.35, -0.62],
      [0.85, -0.2],
      [1.15, 0.5],
    ]
      .map(
        ([dx = 0, dy = 0]) =>
          `${(x + dx * size * random.range(0.85, 1.15)).toFixed(0)},${(890 + dy * size).toFixed(0)}`,
      )
      .join(" ")}" fill="${color}"/>`;
  }).join("");
  const rim = {
    color: stage.lightColor,
    x: (stage.lightX - 800) / 110,
    y: -2.4,
    strength: 0.5 * stage.lightStrength + 0.1,
  };
  return { name: "near", depth: 1, motion: { parallax: 1.15 }, kind: "svg", body: rocks, rim };
}
