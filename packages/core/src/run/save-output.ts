import { mkdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { GenblazeError } from "../errors/genblaze-error.js";
import { extensionOfMediaType, mediaTypeOfName } from "../internal/media-types.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import type { Manifest } from "../manifest/manifest.js";
import type { SavedMedia } from "../media/media-writer.js";
import { sidecarWriter } from "../media/sidecar-writer.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import { describeValue } from "../options/describe-value.js";
import type { RunContext } from "./run-context.js";
import type { SaveOptions, StepResult } from "./run-result.js";
import { noAsset } from "./step-result.js";

/** Writes one output with its manifest: embedded when the runtime has media handlers, else in a sidecar. */
export async function saveOutput(
  run: RunContext,
  manifest: Manifest,
  steps: readonly StepResult[],
  find: (name: string) => StepResult,
  path: string,
  options: SaveOptions,
): Promise<SavedMedia> {
  if (typeof path !== "string" || path === "") {
    const message = `result.save(path): the path of a file is expected; ${describeValue(path)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  assertKnownOptions(options, ["step", "asset", "signal"], "result.save(path, options)");
  throwIfAborted(options.signal);
  const step = chooseStep(steps, find, options.step);
  const assetIndex = options.asset ?? 0;
  const asset = step.assets[assetIndex];
  if (asset === undefined) throw noAsset(step, assetIndex);
  const bytes = await run.spool.read(asset, options.signal);
  // A folder that cannot be made is reported by the writer, with the file's name.
  await mkdir(dirname(path), { recursive: true }).catch(() => undefined);
  const writer = run.runtime.media ?? sidecarWriter;
  const { signal } = options;
  const saved = await writer.save(bytes, manifest, {
    output: path,
    mediaType: asset.mediaType,
    ...(signal === undefined ? {} : { signal }),
  });
  const misnamed = saved.method === "sidecar" ? wrongName(path, asset.mediaType) : undefined;
  return misnamed === undefined ? saved : { ...saved, reason: misnamed };
}

/** Of a file under the name of another format, a writer can only say that it is damaged. */
function wrongName(path: string, mediaType: string): string | undefined {
  const meant = mediaTypeOfName(path);
  const extension = extensionOfMediaType(mediaType);
  if (meant === undefined || extension === undefined || extensionOfMediaType(meant) === extension) return undefined;
  return `The output is ${mediaType}, but "${basename(path)}" has the name of ${meant}, so that its manifest is beside it. Save it with the extension ${extension}.`;
}

function chooseStep(
  steps: readonly StepResult[],
  find: (name: string) => StepResult,
  name: string | undefined,
): StepResult {
  if (name !== undefined) return find(name);
  const step = steps.findLast(({ assets }) => assets.length > 0);
  if (step !== undefined) return step;
  throw new GenblazeError("INVALID_OPTION", "No step of this run gave an asset, so there is nothing to save.");
}
