import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { GenblazeError, type Pipeline } from "@genblaze/core";
import { usageError } from "./output.js";

/** The pipeline that a module exports: `FILE#EXPORT`, or `FILE` for its `default` or `pipeline`. */
export async function loadPipeline(reference: string): Promise<Pipeline<unknown, unknown>> {
  const [file = "", name] = reference.split("#", 2);
  const path = resolve(file);
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isFile() !== true) throw new GenblazeError("FILE_NOT_FOUND", `There is no file ${path} to run.`);
  const exported = await importModule(path);
  const found = name === undefined ? (exported.default ?? exported.pipeline) : exported[name];
  if (isPipeline(found)) return found;
  const names = Object.keys(exported).join(", ") || "nothing";
  const wanted = name === undefined ? "`default` or `pipeline`" : `\`${name}\``;
  throw usageError(`${file} must export a Pipeline as ${wanted}; it exports ${names}.`);
}

async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_UNKNOWN_FILE_EXTENSION") {
      throw usageError(
        `Node cannot load ${path} as it is. Install tsx and run \`node --import tsx node_modules/genblaze/dist/main.js run ...\`.`,
      );
    }
    if (GenblazeError.isInstance(error)) throw error;
    const message = error instanceof Error ? error.message : "no Error";
    throw new GenblazeError("INVALID_OPTION", `The module ${path} could not be loaded: ${message}`, { cause: error });
  }
}

// The module may have been built with another copy of core, so the shape counts and not the class.
function isPipeline(value: unknown): value is Pipeline<unknown, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    ["start", "plan", "step"].every((method) => typeof Reflect.get(value, method) === "function")
  );
}
