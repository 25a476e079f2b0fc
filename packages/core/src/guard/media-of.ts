import type { Modality } from "../manifest/model.js";
import type { InputAsset } from "../provider/provider.js";
import type { OutputCheck } from "./guard.js";
import { isText, placeOf } from "./texts-of.js";

/** The media that a provider can be shown, and why the others cannot. */
export interface ShownMedia {
  readonly inputs: readonly InputAsset[];
  readonly gaps: readonly string[];
}

/** The assets of an output as inputs for a provider that accepts some kinds of media. Texts are not among them. */
export async function mediaOf(check: OutputCheck, accepts: readonly Modality[]): Promise<ShownMedia> {
  const inputs: InputAsset[] = [];
  const gaps: string[] = [];
  for (const [index, part] of check.assets.entries()) {
    // The words of a text step are in the prompt already, whatever its asset is called.
    if (isText(part) || check.yields === "text") continue;
    const kind = part.asset.mediaType.split("/", 1)[0]?.toLowerCase();
    if (!accepts.some((accepted) => accepted === kind)) {
      gaps.push(`${placeOf(index, part)} was not looked at, since the classifier takes no ${kind}`);
      continue;
    }
    const bytes = await part.read();
    if (bytes === undefined) gaps.push(`${placeOf(index, part)} was not looked at, since only its URL is known`);
    else inputs.push({ role: undefined, step: check.step, asset: part.asset, read: () => Promise.resolve(bytes) });
  }
  return { inputs, gaps };
}
