import type { Provider } from "@genblaze/core";
import { importModule } from "./import-module.js";
import { usageError } from "./output.js";

type AnyProvider = Provider<"image" | "video" | "audio" | "text", "image" | "video" | "audio" | "text", unknown>;

/** Modules group providers like `gmicloud.image`; nobody nests them deeper. */
const MAX_DEPTH = 2;

/** Every provider that a module exports, by itself or in lists and objects. */
export async function loadProviders(file: string): Promise<readonly AnyProvider[]> {
  const exported = await importModule(file);
  const found = [...new Set(Object.values(exported).flatMap((value) => providersIn(value, 0)))];
  if (found.length > 0) return found;
  const names = Object.keys(exported).join(", ") || "nothing";
  throw usageError(
    `${file} must export providers, like \`export { google } from "@genblaze/google"\`; it exports ${names}.`,
  );
}

function providersIn(value: unknown, depth: number): readonly AnyProvider[] {
  if (isProvider(value)) return [value];
  if (typeof value !== "object" || value === null || depth >= MAX_DEPTH) return [];
  return Object.values(value).flatMap((entry) => providersIn(entry, depth + 1));
}

// The module may have been built with another copy of core, so the shape counts.
function isProvider(value: unknown): value is AnyProvider {
  if (typeof value !== "object" || value === null) return false;
  const has = (key: string, type: string) => typeof Reflect.get(value, key) === type;
  return has("name", "string") && has("yields", "string") && has("prepare", "function") && has("submit", "function");
}
