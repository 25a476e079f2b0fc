import { fromHex } from "../paint/color.js";
import { createRandom } from "../random/seeded-random.js";
import type { Effect, EffectKind } from "../scene/effects.js";
import type { Frame } from "./frame.js";
import { toYuv } from "./plane-layer.js";
import { drawDisc, drawRing, drawStreak, type Yuv } from "./sprites.js";

/** One thing in the air, with its own fixed chances; its place follows from the time alone. */
interface Particle {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** An effect ready to be drawn at any time. */
export interface ParticleSystem {
  readonly depth: number;
  draw(frame: Frame, seconds: number): void;
}

interface Stroke {
  readonly frame: Frame;
  readonly seconds: number;
  /** Pixels of the frame per pixel at 720 lines. */
  readonly unit: number;
  readonly color: Yuv;
  readonly line: number;
  readonly isNear: boolean;
}

/** Prepares an effect; the same seed gives the same fall of rain. */
export function createParticles(effect: Effect, seed: number): ParticleSystem {
  const random = createRandom(`${effect.kind}|${effect.depth}|${seed}`);
  const particles = Array.from({ length: Math.min(600, effect.count) }, () => ({
    a: random.next(),
    b: random.next(),
    c: random.next(),
    d: random.next(),
  }));
  const [red, green, blue] = fromHex(effect.color);
  const color = toYuv(red, green, blue);
  const draw = PAINTERS[effect.kind];
  return {
    depth: effect.depth,
    draw: (frame, seconds) => {
      const stroke = {
        frame,
        seconds,
        unit: frame.height / 720,
        color,
        line: effect.line * frame.height,
        isNear: effect.depth > 0.7,
      };
      for (const particle of particles) draw(particle, stroke);
    },
  };
}

const wrap = (value: number): number => value - Math.floor(value);

const PAINTERS: Readonly<Record<EffectKind, (particle: Particle, stroke: Stroke) => void>> = {
  rain: (particle, { frame, seconds, unit, color, isNear }) => {
    const speed = (isNear ? 2.3 : 1.5) + particle.c * 0.6;
    const length = (isNear ? 46 : 24) * unit * (0.6 + particle.d * 0.6);
    const y = (wrap(particle.b + seconds * speed) * 1.2 - 0.1) * frame.height;
    const x = wrap(particle.a - seconds * 0.1) * 1.1 * frame.width - y * 0.12;
    drawStreak(
      frame,
      x,
      y - length,
      [-length * 0.12, length],
      isNear ? 1.5 * unit : 0.9 * unit,
      color,
      isNear ? 0.34 : 0.26,
    );
  },
  splashes: (particle, { frame, seconds, unit, color, line }) => {
    const age = wrap(particle.c + seconds * 1.6);
    const turn = Math.floor(particle.c + seconds * 1.6);
    const y = line + wrap(particle.b + turn * 0.37) ** 1.3 * (frame.height - line);
    const x = wrap(particle.a + turn * 0.61) * frame.width;
    const near = 0.4 + (y - line) / (frame.height - line + 1);
    drawRing(frame, x, y, (2 + age * 15) * near * unit, color, 0.42 * (1 - age));
    if (age < 0.25) drawStreak(frame, x, y - 7 * near * unit, [0, 7 * near * unit], 1.2 * unit, color, 0.5);
  },
  snow: (particle, { frame, seconds, unit, color, isNear }) => {
    const speed = (isNear ? 0.16 : 0.07) * (0.7 + particle.c * 0.7);
    const y = (wrap(particle.b + seconds * speed) * 1.1 - 0.05) * frame.height;
    const drift = Math.sin(seconds * (0.6 + particle.d) + particle.a * 40) * 0.012;
    const x = (wrap(particle.a + drift + seconds * 0.015) * 1.06 - 0.03) * frame.width;
    const size = (isNear ? 3.2 + particle.c ** 3 * 7 : 1.2 + particle.c * 1.8) * unit;
    drawDisc(frame, x, y, size, color, isNear ? 0.5 : 0.8);
  },
  leaves: (particle, { frame, seconds, unit, color }) => {
    const x = (wrap(particle.a + seconds * (0.1 + particle.c * 0.1)) * 1.2 - 0.1) * frame.width;
    const y =
      (wrap(particle.b + seconds * (0.04 + particle.d * 0.05)) * 1.1 -
        0.05 +
        Math.sin(seconds * 1.7 + particle.c * 20) * 0.018) *
      frame.height;
    const turn = seconds * (2 + particle.d * 3) + particle.a * 9;
    const size = (3 + particle.d * 4) * unit;
    const shade: Yuv = [color[0] * (0.6 + 0.5 * particle.c), color[1], color[2] + particle.c * 14];
    for (const side of [-1, 0, 1])
      drawDisc(
        frame,
        x + Math.cos(turn) * size * side,
        y + Math.sin(turn) * size * 0.6 * side,
        size * 0.8,
        shade,
        0.85,
      );
  },
  petals: (particle, { frame, seconds, unit, color }) => {
    const x = (wrap(particle.a + seconds * (0.02 + particle.c * 0.03)) * 1.1 - 0.05) * frame.width;
    const y = (0.3 + 0.65 * particle.b + Math.sin(seconds * 0.8 + particle.d * 20) * 0.03) * frame.height;
    drawDisc(frame, x, y, (1.4 + particle.c * 2.2) * unit, color, 0.7);
  },
  dust: (particle, { frame, seconds, unit, color }) => {
    const x = wrap(particle.a + seconds * 0.008 * (particle.c - 0.3)) * frame.width;
    const y = wrap(particle.b - seconds * 0.012 * (0.4 + particle.d)) * frame.height;
    const glint = 0.5 + 0.5 * Math.sin(seconds * (1 + particle.c * 2) + particle.d * 30);
    drawDisc(frame, x, y, (1.2 + particle.d * 2.4) * unit, color, 0.42 * glint);
  },
  fireflies: (particle, { frame, seconds, unit, color, line }) => {
    const x = (particle.a + Math.sin(seconds * (0.4 + particle.c * 0.5) + particle.b * 30) * 0.03) * frame.width;
    const y =
      line +
      (particle.b + Math.cos(seconds * (0.5 + particle.d * 0.6) + particle.a * 30) * 0.04) *
        (frame.height * 0.96 - line);
    const glow = Math.max(0, Math.sin(seconds * (1.2 + particle.c) + particle.d * 20)) ** 1.5;
    drawDisc(frame, x, y, (12 + particle.d * 14) * unit, color, 0.24 * glow);
    drawDisc(frame, x, y, 3 * unit, [235, color[1], color[2]], 0.95 * glow);
  },
  twinkle: (particle, { frame, seconds, unit, color, line }) => {
    const glow = Math.max(0, Math.sin(seconds * (1.5 + particle.c * 2.5) + particle.d * 20)) ** 3;
    drawDisc(frame, particle.a * frame.width, particle.b * line, (1.4 + particle.d * 2) * unit, color, 0.85 * glow);
  },
  bubbles: (particle, { frame, seconds, unit, color }) => {
    const y = (1.05 - wrap(particle.b + seconds * (0.06 + particle.c * 0.09)) * 1.1) * frame.height;
    const x = (particle.a + Math.sin(seconds * 2 + particle.d * 20) * 0.006) * frame.width;
    const size = (1.6 + particle.d ** 3 * 9) * unit;
    drawRing(frame, x, y, size, color, 0.35);
    drawDisc(frame, x - size * 0.3, y - size * 0.2, Math.max(1, size * 0.4), color, 0.5);
  },
  birds: (particle, { frame, seconds, unit, color, line }) => {
    const x = (wrap(particle.a * 0.35 + 0.2 + seconds * 0.028 + particle.c * 0.05) * 1.1 - 0.05) * frame.width;
    const y = line * (0.35 + particle.b * 0.4) + Math.sin(seconds * 0.9 + particle.d * 9) * 5 * unit;
    const span = (7 + particle.d * 8) * unit;
    const flap = Math.sin(seconds * (7 + particle.c * 3) + particle.d * 20) * 0.55;
    for (const side of [-1, 1]) {
      drawStreak(frame, x, y, [side * span * 0.5, -span * (0.25 + flap * 0.5)], 2 * unit, color, 0.95);
      drawStreak(
        frame,
        x + side * span * 0.5,
        y - span * (0.25 + flap * 0.5),
        [side * span * 0.55, span * (0.1 + flap * 0.3)],
        1.6 * unit,
        color,
        0.9,
      );
    }
  },
  lightning: (particle, { frame, seconds, color }) => {
    const age = seconds - (0.6 + particle.a * 3);
    if (age < 0 || age > 0.4) return;
    const flash = (age < 0.08 || (age > 0.14 && age < 0.22) ? 0.34 : 0.12) * (1 - age / 0.4);
    const { data } = frame.luma;
    for (let at = 0; at < data.length; at++) data[at] = (data[at] ?? 0) + (color[0] - (data[at] ?? 0)) * flash;
  },
};
