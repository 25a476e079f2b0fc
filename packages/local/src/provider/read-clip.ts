import type { JsonObject, JsonValue, StepRequest } from "@genblaze/core/provider";
import type { TitleText } from "../paint/title-card.js";
import type { Effect, EffectKind } from "../scene/effects.js";
import type { LayerMotion } from "../scene/layer-plan.js";
import { invalidInput, isObject, type ParamReader } from "./params.js";

const EFFECT_KINDS: readonly EffectKind[] = [
  "rain",
  "snow",
  "leaves",
  "fireflies",
  "birds",
  "bubbles",
  "dust",
  "splashes",
  "petals",
  "twinkle",
  "lightning",
];
const EFFECT_COLORS: Readonly<Partial<Record<EffectKind, string>>> = {
  rain: "#c4d4e8",
  splashes: "#dfeaf6",
  leaves: "#d98a3c",
  fireflies: "#ffe08a",
  birds: "#20242e",
  bubbles: "#d6fbf6",
};
const MAX_EFFECTS = 12;

/** Effects of the step: names or whole descriptions in `params.effects`, else what the painter noted. */
export function readEffects(given: readonly JsonValue[] | undefined, keyFrame: JsonObject): readonly Effect[] {
  const noted = keyFrame.effects;
  const listed = given ?? (Array.isArray(noted) ? noted : []);
  return listed.slice(0, MAX_EFFECTS).map((entry: JsonValue) => {
    const description: JsonObject = isObject(entry) ? entry : { kind: entry };
    const kind = EFFECT_KINDS.find((known) => known === description.kind);
    if (kind === undefined)
      throw invalidInput(
        `parallax: an effect must be one of ${EFFECT_KINDS.join(", ")}; got ${JSON.stringify(description.kind)}.`,
      );
    return {
      kind,
      count: Math.round(numberOr(description.count, 80, 0, 600)),
      color:
        typeof description.color === "string" && /^#[0-9a-f]{6}$/i.test(description.color)
          ? description.color
          : (EFFECT_COLORS[kind] ?? "#ffffff"),
      depth: numberOr(description.depth, 0.9, 0, 2),
      line: numberOr(description.line, kind === "birds" || kind === "twinkle" ? 0.5 : 0.6, 0, 1),
    };
  });
}

/** A layer's motion out of its metadata; wild numbers are brought into bounds. */
export function readLayerMotion(value: JsonValue | undefined, depth: number): LayerMotion {
  const given: JsonObject = isObject(value) ? value : {};
  return {
    parallax: numberOr(given.parallax, depth, 0, 1.5),
    drift: numberOr(given.drift, 0, -0.1, 0.1),
    bob: numberOr(given.bob, 0, 0, 0.1),
    ripple: numberOr(given.ripple, 0, 0, 0.02),
    sway: numberOr(given.sway, 0, 0, 0.1),
    pulse: numberOr(given.pulse, 0, 0, 1),
    pivot: numberOr(given.pivot, 1, 0, 1),
  };
}

/** The title: a text, or an object with `text`, `subtitle` and `style`. */
export function readTitle(params: ParamReader, request: StepRequest): TitleText | undefined {
  const raw = request.params.title;
  if (raw === undefined || raw === null || raw === "") {
    params.text("title");
    return undefined;
  }
  if (typeof raw === "string") return { text: clip(params.text("title") ?? ""), style: "scene" };
  const given = params.object("title") ?? {};
  if (typeof given.text !== "string" || given.text.trim() === "")
    throw invalidInput("parallax: params.title.text must be a text.");
  const style = (["film", "scene", "end"] as const).find((known) => known === (given.style ?? "film"));
  if (style === undefined)
    throw invalidInput(`parallax: params.title.style must be film, scene or end; got ${JSON.stringify(given.style)}.`);
  const subtitle =
    typeof given.subtitle === "string" && given.subtitle !== "" ? { subtitle: clip(given.subtitle) } : {};
  return { text: clip(given.text), style, ...subtitle };
}

/** Fades: `true` is half a second at both ends, an object names each. */
export function readFade(
  params: ParamReader,
  request: StepRequest,
): { readonly fadeInSeconds: number; readonly fadeOutSeconds: number } {
  const raw = request.params.fade;
  if (raw === undefined || raw === null || typeof raw === "boolean") {
    const seconds = params.flag("fade", false) ? 0.5 : 0;
    return { fadeInSeconds: seconds, fadeOutSeconds: seconds };
  }
  const given = params.object("fade") ?? {};
  return { fadeInSeconds: numberOr(given.inSeconds, 0, 0, 5), fadeOutSeconds: numberOr(given.outSeconds, 0, 0, 5) };
}

function clip(text: string): string {
  return text.trim().slice(0, 120);
}

function numberOr(value: JsonValue | undefined, fallback: number, min: number, max: number): number {
  return typeof value === "number" && Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : fallback;
}
