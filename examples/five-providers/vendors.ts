import { type PricingStrategy, perOutputSecond, perUnit } from "@genblaze/core/pricing";
import { scriptedAsset, scriptedProvider } from "@genblaze/fakes";
import type { Modality } from "genblaze";

/** A vendor with jobs: pending at the first call, done at the next one, after so many seconds. */
function vendor<const M extends Modality, const A extends Modality = never>(
  name: string,
  yields: M,
  seconds: number,
  accepts: readonly A[] = [],
) {
  const asset = { ...scriptedAsset(`${yields}/x-scripted`, `what ${name} made`), durationSeconds: 5 };
  return scriptedProvider({
    name,
    yields,
    accepts,
    script: (_request, call) =>
      call % 2 === 0
        ? { kind: "pending", retryAfterMs: seconds * 1_000 }
        : { kind: "done", output: { assets: [asset] } },
  });
}

export const image = vendor("gmicloud-image", "image", 2);
export const video = vendor("gmicloud-video", "video", 8, ["image"]);
export const music = vendor("minimax-music", "audio", 5);
export const upscaler = vendor("topaz", "video", 3, ["video"]);
export const compose = vendor("ffmpeg", "video", 1, ["video", "audio"]);

/** Answers at once, and says itself what it cost. */
export const chat = scriptedProvider({
  name: "google-chat",
  yields: "text",
  accepts: ["image", "video"],
  script: ({ type }) => {
    const json = type === "classify" ? { mood: "calm", tags: ["boat"] } : { scenes: [{ picture: "a paper boat" }] };
    return { kind: "done", output: { json, costUsd: 0.002 } };
  },
});

export const prices: Readonly<Record<string, PricingStrategy>> = {
  "gmicloud-image/*": perUnit(0.03),
  "gmicloud-video/*": perOutputSecond(0.1),
  "minimax-music/*": perUnit(0.1),
  "topaz/*": perOutputSecond(0.05),
  "ffmpeg/*": perUnit(0),
};
