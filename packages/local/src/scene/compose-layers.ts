import { mix } from "../paint/color.js";
import type { Setting } from "../storyboard/storyboard.js";
import { auroraLayer, fogLayer, glareLayer } from "./air.js";
import { houseLayer, skylineLayer } from "./buildings.js";
import { cloudBankLayer, deepLayer, nebulaLayer, planetLayers, seabedLayers } from "./elsewhere.js";
import { boughLayer, grassLayer, rockLayer } from "./foreground.js";
import type { LayerPlan } from "./layer-plan.js";
import { skyLayer, starLayer } from "./sky.js";
import type { Stage } from "./stage.js";
import { lampLayer, streetLayers } from "./street.js";
import { subjectLayers } from "./subject.js";
import { groundLayer, hillLayer, mountainLayer } from "./terrain.js";
import { coniferLayer, trunkLayer } from "./trees.js";
import { waterLayer } from "./water.js";

type Place = (stage: Stage) => readonly LayerPlan[];

/** Every layer of a scene, far to near. */
export function composeLayers(stage: Stage): readonly LayerPlan[] {
  const { setting, weather } = stage.scene;
  if (setting === "space") return [nebulaLayer(stage), ...planetLayers(stage), ...subjectLayers(stage)];
  if (setting === "underwater") {
    const [far, mid, near] = seabedLayers(stage);
    return [deepLayer(stage), far, mid, ...subjectLayers(stage), near].filter(isLayer);
  }
  const sky = [skyLayer(stage), starLayer(stage), weather === "aurora" ? auroraLayer(stage) : undefined];
  const layers = [...sky, ...PLACES[setting](stage)].filter(isLayer);
  return layers;
}

function isLayer(layer: LayerPlan | undefined): layer is LayerPlan {
  return layer !== undefined;
}

function mist(stage: Stage, name: string, depth: number, y: number, height = 46): LayerPlan {
  const strengths = {
    fog: 1,
    rain: 0.75,
    storm: 0.6,
    snow: 0.7,
    cloudy: 0.55,
    clear: 0.5,
    wind: 0.4,
    aurora: 0.45,
  } as const;
  return fogLayer(stage, {
    name,
    depth,
    y,
    height: height * (stage.scene.weather === "fog" ? 2.2 : 1),
    strength: strengths[stage.scene.weather],
  });
}

/** Water takes the sky's lower colour, darker by night. */
function waterTint(stage: Stage): string {
  const [zenith = "#223344", upper = "#445566"] = stage.scene.palette;
  return mix(mix(zenith, upper, 0.5), "#0a2a33", 0.35);
}

function meadowGreen(stage: Stage): string {
  const green = stage.hasSnowGround ? "#dfe8f4" : stage.scene.weather === "wind" ? "#9a7a3a" : "#4f7a3f";
  return mix(
    green,
    stage.shade(0.2),
    { dawn: 0.4, day: 0.08, sunset: 0.45, dusk: 0.62, night: stage.hasSnowGround ? 0.6 : 0.8 }[stage.scene.timeOfDay],
  );
}

/** What stands where; journeys swap the backdrop a little so that the road is felt. */
const PLACES: Readonly<Record<Exclude<Setting, "space" | "underwater">, Place>> = {
  sea: (stage) => [
    stage.scene.act === "opening"
      ? hillLayer(stage, { name: "far", depth: 0.14, base: stage.horizon + 6, height: 70, distance: 0.92 })
      : mountainLayer(stage, {
          name: "far",
          depth: 0.14,
          base: stage.horizon + 4,
          height: stage.scene.act === "arrival" ? 190 : 90,
          distance: 0.85,
          snow: 0.2,
        }),
    glareLayer(stage),
    waterLayer(stage, {
      y: stage.horizon,
      tint: waterTint(stage),
      roughness: stage.scene.weather === "storm" ? 1 : 0.65,
      murk: [0.12, 0.6],
    }),
    mist(stage, "mist", 0.42, stage.horizon, 26),
    ...subjectLayers(stage),
    ...(stage.scene.act === "journey" ? [] : [rockLayer(stage, { color: "#3a4048", height: 150 })]),
  ],
  harbour: (stage) => [
    hillLayer(stage, { name: "far", depth: 0.14, base: stage.horizon + 6, height: 130, distance: 0.85 }),
    houseLayer(stage, { name: "mid", depth: 0.3, base: stage.horizon - 4, size: 72, distance: 0.5, count: 13 }),
    glareLayer(stage),
    waterLayer(stage, { y: stage.horizon, tint: waterTint(stage), roughness: 0.35, murk: [0.12, 0.55] }),
    mist(stage, "mist", 0.42, stage.horizon, 26),
    ...subjectLayers(stage),
    rockLayer(stage, { color: "#4a4440", height: 130 }),
  ],
  beach: (stage) => [
    hillLayer(stage, { name: "far", depth: 0.14, base: stage.horizon + 4, height: 80, distance: 0.9 }),
    glareLayer(stage),
    waterLayer(stage, {
      y: stage.horizon,
      tint: mix(waterTint(stage), "#2f8a8c", 0.4),
      roughness: 0.55,
      murk: [0.12, 0.5],
    }),
    groundLayer(stage, { color: mix("#d9bb8a", stage.shade(0.3), stage.isDark ? 0.62 : 0.22), y: 700 }),
    ...subjectLayers(stage),
    grassLayer(stage, { color: "#8f9a55", height: 230, flowers: false }),
  ],
  lake: (stage) => [
    mountainLayer(stage, {
      name: "far",
      depth: 0.16,
      base: stage.horizon + 10,
      height: 330,
      distance: 0.74,
      snow: 0.9,
    }),
    mist(stage, "haze", 0.22, stage.horizon - 60),
    coniferLayer(stage, { name: "mid", depth: 0.34, base: stage.horizon + 2, count: 44, size: 120, distance: 0.42 }),
    glareLayer(stage),
    waterLayer(stage, { y: stage.horizon, tint: waterTint(stage), roughness: 0.18, murk: [0.08, 0.5] }),
    mist(stage, "mist", 0.46, stage.horizon + 6, 24),
    ...subjectLayers(stage),
    grassLayer(stage, { color: "#5a6a3a", height: 260, flowers: false }),
  ],
  river: (stage) => [
    hillLayer(stage, { name: "far", depth: 0.16, base: stage.horizon, height: 210, distance: 0.8 }),
    mist(stage, "haze", 0.22, stage.horizon - 40),
    coniferLayer(stage, {
      name: "mid",
      depth: 0.34,
      base: stage.horizon + 4,
      count: 26,
      size: 190,
      distance: 0.4,
      clearing: 0.16,
    }),
    glareLayer(stage),
    waterLayer(stage, {
      y: stage.horizon,
      tint: mix(waterTint(stage), "#1f4a3a", 0.4),
      roughness: 0.3,
      murk: [0.1, 0.55],
    }),
    mist(stage, "mist", 0.46, stage.horizon + 6, 26),
    ...subjectLayers(stage),
    stage.scene.act === "journey"
      ? boughLayer(stage, { side: 1, leaf: "#5a7a3f", needles: false })
      : grassLayer(stage, { color: "#4f6a3a", height: 300, flowers: true }),
  ],
  street: (stage) => [
    skylineLayer(stage, { name: "far", depth: 0.16, base: stage.horizon, height: 260, distance: 0.85, count: 22 }),
    glareLayer(stage),
    mist(stage, "haze", 0.22, stage.horizon - 20, 90),
    ...streetLayers(stage),
    lampLayer(stage),
    waterLayer(stage, {
      y: stage.horizon + 8,
      tint: mix(stage.shade(0.15), "#1c2430", 0.5),
      roughness: stage.scene.weather === "rain" || stage.scene.weather === "storm" ? 0.28 : 0.1,
      murk: stage.scene.weather === "rain" || stage.scene.weather === "storm" ? [0.28, 0.5] : [0.6, 0.82],
    }),
    ...subjectLayers(stage),
  ],
  city: (stage) => [
    skylineLayer(stage, { name: "far", depth: 0.14, base: stage.horizon, height: 420, distance: 0.85, count: 26 }),
    mist(stage, "haze", 0.22, stage.horizon - 60, 90),
    skylineLayer(stage, { name: "mid", depth: 0.34, base: stage.horizon + 70, height: 400, distance: 0.5, count: 15 }),
    glareLayer(stage),
    mist(stage, "mist", 0.44, stage.horizon + 20, 60),
    skylineLayer(stage, {
      name: "roofs",
      depth: 0.56,
      base: stage.horizon + 130,
      height: 190,
      distance: 0.16,
      count: 8,
    }),
    ...subjectLayers(stage),
  ],
  village: (stage) => [
    mountainLayer(stage, { name: "far", depth: 0.14, base: stage.horizon, height: 260, distance: 0.85, snow: 0.7 }),
    hillLayer(stage, {
      name: "hills",
      depth: 0.24,
      base: stage.horizon + 10,
      height: 150,
      distance: 0.62,
      color: mix(meadowGreen(stage), stage.shade(0.75), 0.55),
    }),
    mist(stage, "haze", 0.3, stage.horizon - 20),
    houseLayer(stage, {
      name: "mid",
      depth: 0.4,
      base: stage.horizon + 22,
      size: 120,
      distance: 0.34,
      count: 9,
      clearing: 0.12,
    }),
    glareLayer(stage),
    groundLayer(stage, { color: meadowGreen(stage), y: stage.horizon + 26 }),
    ...subjectLayers(stage),
    grassLayer(stage, { color: meadowGreen(stage), height: 200, flowers: !stage.hasSnowGround }),
  ],
  forest: (stage) => [
    trunkLayer(stage, { name: "far", depth: 0.18, base: stage.horizon + 10, count: 24, size: 16, distance: 0.86 }),
    mist(stage, "haze", 0.24, stage.horizon - 60, 130),
    trunkLayer(stage, {
      name: "mid",
      depth: 0.36,
      base: stage.horizon + 40,
      count: 13,
      size: 32,
      distance: 0.55,
      clearing: 0.12,
    }),
    glareLayer(stage),
    mist(stage, "mist", 0.44, stage.horizon + 10, 70),
    groundLayer(stage, { color: mix("#3d5230", stage.shade(0.2), stage.isDark ? 0.68 : 0.38), y: stage.horizon + 44 }),
    ...subjectLayers(stage),
    trunkLayer(stage, { name: "near", depth: 1, base: 900, count: 5, size: 84, distance: 0.02, clearing: 0.62 }),
  ],
  meadow: (stage) => [
    mountainLayer(stage, { name: "far", depth: 0.14, base: stage.horizon - 20, height: 190, distance: 0.9, snow: 0.4 }),
    hillLayer(stage, {
      name: "hills",
      depth: 0.26,
      base: stage.horizon,
      height: 150,
      distance: 0.65,
      color: mix(meadowGreen(stage), stage.shade(0.8), 0.6),
    }),
    mist(stage, "haze", 0.3, stage.horizon - 30),
    hillLayer(stage, {
      name: "mid",
      depth: 0.4,
      base: stage.horizon + 40,
      height: 120,
      distance: 0.4,
      color: mix(meadowGreen(stage), stage.shade(0.6), 0.35),
    }),
    glareLayer(stage),
    groundLayer(stage, { color: meadowGreen(stage), y: stage.horizon + 50 }),
    ...subjectLayers(stage),
    grassLayer(stage, { color: meadowGreen(stage), height: 250, flowers: true }),
  ],
  mountain: (stage) => [
    mountainLayer(stage, { name: "far", depth: 0.12, base: stage.horizon, height: 430, distance: 0.86, snow: 1 }),
    mist(stage, "haze", 0.2, stage.horizon - 120, 70),
    mountainLayer(stage, {
      name: "range",
      depth: 0.26,
      base: stage.horizon + 40,
      height: 270,
      distance: 0.55,
      snow: stage.hasSnowGround ? 0.9 : 0.35,
    }),
    mist(stage, "mist", 0.34, stage.horizon - 20, 60),
    glareLayer(stage),
    coniferLayer(stage, { name: "mid", depth: 0.46, base: stage.horizon + 46, count: 30, size: 130, distance: 0.26 }),
    groundLayer(stage, { color: meadowGreen(stage), y: stage.horizon + 50 }),
    ...subjectLayers(stage),
    rockLayer(stage, { color: "#4a4a4e", height: 190 }),
  ],
  desert: (stage) => [
    mountainLayer(stage, { name: "far", depth: 0.12, base: stage.horizon - 10, height: 130, distance: 0.88, snow: 0 }),
    hillLayer(stage, {
      name: "dunes-far",
      depth: 0.24,
      base: stage.horizon + 10,
      height: 110,
      distance: 0.6,
      color: mix("#c98a52", stage.shade(0.85), 0.5),
    }),
    mist(stage, "haze", 0.3, stage.horizon - 20, 40),
    hillLayer(stage, {
      name: "dunes",
      depth: 0.42,
      base: stage.horizon + 60,
      height: 150,
      distance: 0.4,
      color: mix("#cf8e54", stage.shade(0.4), stage.isDark ? 0.65 : 0.3),
    }),
    glareLayer(stage),
    groundLayer(stage, { color: mix("#d29a5c", stage.shade(0.25), stage.isDark ? 0.66 : 0.25), y: stage.horizon + 70 }),
    ...subjectLayers(stage),
    rockLayer(stage, { color: "#7a4f35", height: 130 }),
  ],
  tundra: (stage) => [
    mountainLayer(stage, { name: "far", depth: 0.12, base: stage.horizon, height: 250, distance: 0.84, snow: 1 }),
    coniferLayer(stage, {
      name: "trees-far",
      depth: 0.24,
      base: stage.horizon + 8,
      count: 48,
      size: 105,
      distance: 0.66,
    }),
    mist(stage, "haze", 0.3, stage.horizon, 40),
    coniferLayer(stage, {
      name: "mid",
      depth: 0.42,
      base: stage.horizon + 40,
      count: 20,
      size: 260,
      distance: 0.3,
      clearing: 0.3,
    }),
    glareLayer(stage),
    groundLayer(stage, {
      color: mix("#dfe8f6", stage.scene.palette[1] ?? "#334466", stage.isDark ? 0.62 : 0.25),
      y: stage.horizon + 36,
    }),
    ...subjectLayers(stage),
    stage.scene.act === "journey"
      ? boughLayer(stage, { side: -1, leaf: "#4a5f58", needles: true })
      : coniferLayer(stage, {
          name: "near",
          depth: 1,
          base: 1010,
          count: 7,
          size: 720,
          distance: 0.03,
          clearing: 0.66,
        }),
  ],
  clouds: (stage) => [
    mountainLayer(stage, { name: "far", depth: 0.12, base: stage.horizon + 60, height: 300, distance: 0.88, snow: 1 }),
    cloudBankLayer(stage, { name: "bank-far", depth: 0.22, base: stage.horizon - 20, distance: 0.9 }),
    glareLayer(stage),
    cloudBankLayer(stage, { name: "bank-mid", depth: 0.46, base: stage.horizon + 70, distance: 0.5 }),
    ...subjectLayers(stage),
    cloudBankLayer(stage, { name: "near", depth: 1, base: stage.horizon + 210, distance: 0.15 }),
  ],
};
