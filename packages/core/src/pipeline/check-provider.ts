import { GenblazeError } from "../errors/genblaze-error.js";
import { describeValue } from "../options/describe-value.js";
import { name } from "./option-schemas.js";
import type { AnyProvider } from "./step-options.js";

const modalities: readonly unknown[] = ["image", "video", "audio", "text"];

/** @throws GenblazeError `INVALID_OPTION` for what is no provider */
export function assertProvider(provider: unknown, where: string): asserts provider is AnyProvider {
  const problem = findProviderProblem(provider);
  if (problem === undefined) return;
  const message = `${where}: the first argument must be a provider like \`local.image\`, a node like \`map(...)\` or a pipeline; ${problem}.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

/** Whether something is a modality. */
export function isModality(value: unknown): boolean {
  return modalities.includes(value);
}

function findProviderProblem(provider: unknown): string | undefined {
  if (typeof provider !== "object" || provider === null) return `${describeValue(provider)} was given`;
  // Reflect.get sees the methods of a class instance too.
  const isFunction = (key: string) => typeof Reflect.get(provider, key) === "function";
  if (!isFunction("prepare") || !isFunction("submit")) return "this one has no `prepare` or no `submit` function";
  if (!name.safeParse(Reflect.get(provider, "name")).success) return "this one has no `name`";
  if (!isModality(Reflect.get(provider, "yields"))) return `\`yields\` must be one of ${modalities.join(", ")}`;
  if (!Array.isArray(Reflect.get(provider, "accepts"))) return "`accepts` must be a list";
  const also: unknown = Reflect.get(provider, "alsoYields") ?? [];
  if (!Array.isArray(also) || !also.every(isModality)) {
    return `\`alsoYields\` must be a list of ${modalities.join(", ")}`;
  }
  const models: unknown = Reflect.get(provider, "models");
  return typeof models === "object" && models !== null ? undefined : "`models` must be an object";
}
