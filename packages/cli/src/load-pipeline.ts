import type { AnyPipeline } from "@genblaze/core";
import { importModule } from "./import-module.js";
import { usageError } from "./output.js";

/** The pipeline that a module exports: `FILE#EXPORT`, or `FILE` for its `default` or `pipeline`. */
export async function loadPipeline(reference: string): Promise<AnyPipeline> {
  const [file = "", name] = reference.split("#", 2);
  const exported = await importModule(file);
  const found = name === undefined ? (exported.default ?? exported.pipeline) : exported[name];
  if (isPipeline(found)) return found;
  const names = Object.keys(exported).join(", ") || "nothing";
  const wanted = name === undefined ? "`default` or `pipeline`" : `\`${name}\``;
  throw usageError(`${file} must export a Pipeline as ${wanted}; it exports ${names}.`);
}

// The module may have been built with another copy of core, so the shape counts and not the class.
function isPipeline(value: unknown): value is AnyPipeline {
  return (
    typeof value === "object" &&
    value !== null &&
    ["start", "plan", "step"].every((method) => typeof Reflect.get(value, method) === "function")
  );
}
