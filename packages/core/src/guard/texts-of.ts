import type { JsonValue } from "../json/json-value.js";
import type { OutputCheck, OutputPart, PromptCheck } from "./guard.js";

/** Words to look at, and what could not be read. */
export interface FoundTexts {
  readonly text: string;
  readonly gaps: readonly string[];
}

const between = "\n\n";
const textTypes = /^(?:text\/|application\/json(?:;|$))/i;

/** All words that a step sends: its text, and the texts in its parameters, like the lines of a speech. */
export function textsOfPrompt({ text, params }: PromptCheck): string {
  return [text, ...textsIn(params)].filter((each) => each !== "").join(between);
}

/** All words that a step made: its text, the texts in its JSON with escapes undone, or those of its text assets. */
export async function textsOfOutput({ text, json, assets }: OutputCheck): Promise<FoundTexts> {
  const own = [...(text === undefined ? [] : [text]), ...(json === undefined ? [] : textsIn(json))];
  if (own.length > 0) return { text: own.join(between), gaps: [] };
  const texts: string[] = [];
  const gaps: string[] = [];
  for (const [index, part] of assets.entries()) {
    if (!isText(part)) continue;
    const bytes = await part.read();
    if (bytes === undefined) gaps.push(`${placeOf(index, part)} was not read, since only its URL is known`);
    else texts.push(new TextDecoder().decode(bytes));
  }
  return { text: texts.join(between), gaps };
}

/** Whether an asset says of itself that it is text. */
export function isText({ asset }: OutputPart): boolean {
  return textTypes.test(asset.mediaType);
}

/** How an asset is called in a reason. */
export function placeOf(index: number, { asset }: OutputPart): string {
  return `asset ${index + 1} (${asset.mediaType})`;
}

/** Every text in a value; without recursion, as a value may nest as deep as it likes. */
function textsIn(value: JsonValue): readonly string[] {
  const texts: string[] = [];
  const open: JsonValue[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === "string") texts.push(next);
    else if (typeof next === "object" && next !== null) open.push(...Object.values(next));
  }
  return texts.reverse();
}
