import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { GenblazeError } from "@genblaze/core";
import { usageError } from "./output.js";

/** What a module of the user's exports. FILE_NOT_FOUND; INVALID_OPTION when Node cannot load it. */
export async function importModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  const path = resolve(file);
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isFile() !== true) throw new GenblazeError("FILE_NOT_FOUND", `There is no file ${path} to load.`);
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_UNKNOWN_FILE_EXTENSION") {
      throw usageError(
        `Node cannot load ${path} as it is. Install tsx and run \`node --import tsx node_modules/genblaze/dist/main.js ...\`.`,
      );
    }
    if (GenblazeError.isInstance(error)) throw error;
    const message = error instanceof Error ? error.message : "no Error";
    throw new GenblazeError("INVALID_OPTION", `The module ${path} could not be loaded: ${message}`, { cause: error });
  }
}
