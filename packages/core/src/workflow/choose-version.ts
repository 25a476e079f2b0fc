import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { armOfBucket, bucketOf, SPLIT_BUCKETS } from "../node/split.js";
import { checkOptions } from "../options/check-options.js";
import { objectWith } from "../pipeline/option-schemas.js";
import type { WorkflowStore } from "./workflow-store.js";

/** What {@link chooseVersion} chooses by. */
export interface ChooseVersionOptions {
  /** How many of 100 keys get the version that is labelled `candidate`; 0.01 is the smallest step. */
  readonly candidate: number;
  /** What keeps one user or order on one version. */
  readonly key: string;
  /** Another salt deals the keys anew. @default the workflow's name */
  readonly salt?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A version, and why it is this one. */
export interface VersionChoice {
  readonly id: string;
  readonly label: "production" | "candidate";
  /** For people and metadata. */
  readonly reason: string;
}

const chooseOptions = z.strictObject({
  candidate: z.number("percent are expected").min(0, "at least 0 is expected").max(100, "at most 100 are expected"),
  key: z.string("a text is expected"),
  salt: z.string("a text is expected").optional(),
  signal: objectWith<AbortSignal>("addEventListener", "throwIfAborted").optional(),
});

/**
 * Which version of a workflow a key gets while a candidate is tried. The same key gets the same one in every process; as
 * `candidate` grows, keys go over to the candidate and none comes back. Buckets are those of `split(...)`. Without a
 * candidate everyone gets the version in production.
 *
 * @throws GenblazeError `INVALID_OPTION`; `STORAGE_NOT_FOUND` when no version is labelled `production`
 * @example
 * const { id, reason } = await chooseVersion(store, "film", { candidate: 10, key: userId });
 * const pipeline = fromWorkflow(await store.get("film", id), { providers, functions });
 */
export async function chooseVersion(
  store: Pick<WorkflowStore, "label">,
  name: string,
  options: ChooseVersionOptions,
): Promise<VersionChoice> {
  const {
    candidate: percent,
    key,
    salt = name,
    signal,
  } = checkOptions(chooseOptions, options, "chooseVersion(options)");
  const call = signal === undefined ? {} : { signal };
  const production = await store.label(name, "production", call);
  const candidate = await store.label(name, "candidate", call);
  if (production === undefined) {
    const message = `No version of workflow "${name}" is in production. Put one there: store.setLabel(${JSON.stringify(name)}, "production", id).`;
    throw new GenblazeError("STORAGE_NOT_FOUND", message, { details: { name, label: "production" } });
  }
  if (candidate === undefined) {
    return { id: production.id, label: "production", reason: "there is no candidate" };
  }
  const bucket = bucketOf(key, salt);
  // The candidate's buckets come first, so that it only gains keys as it grows.
  const arm = armOfBucket(
    [
      ["candidate", percent],
      ["production", 100 - percent],
    ],
    bucket,
  );
  const reason = `bucket ${bucket} of ${SPLIT_BUCKETS}; the candidate has ${percent} %`;
  if (arm === "candidate") return { id: candidate.id, label: "candidate", reason };
  return { id: production.id, label: "production", reason };
}
