import { GenblazeError, type ProviderOutput, type Submission } from "@genblaze/core/provider";
import type { VendorWord } from "./ask-vendor.js";

/** What the vendor says of a job. What does not fit is SERVER_ERROR: it may have taken the job all the same. */
export function readSubmission(name: string, { content, retryAfterMs }: VendorWord): Submission {
  const id = textOf(content, "id") ?? strange(name, "id");
  const status = textOf(content, "status");
  switch (status) {
    case "queued":
    case "running":
      return { status: "pending", operation: { job: id }, ...hint(retryAfterMs), progress: progressOf(content) };
    case "failed":
      return { status: "failed", error: failureOf(name, id, fieldOf(content, "error")) };
    case "succeeded": {
      const output = fieldOf(content, "output");
      // Of a job that was bought before, a submit says only that it is done; the next look brings what it made.
      if (output === undefined) return { status: "pending", operation: { job: id }, retryAfterMs: 0 };
      return { status: "done", output: { ...readOutput(name, output), payload: { job_id: id } } };
    }
    default:
      return strange(name, "status");
  }
}

/** The ids of listed jobs, in their order. */
export function readJobList(name: string, { content }: VendorWord): readonly string[] {
  const jobs = fieldOf(content, "jobs");
  if (!Array.isArray(jobs)) return strange(name, "jobs");
  return jobs.map((job: unknown) => textOf(job, "id") ?? strange(name, "jobs[].id"));
}

function readOutput(name: string, output: unknown): ProviderOutput {
  const text = textOf(output, "text");
  if (text !== undefined) return { text };
  const mediaType = textOf(output, "media_type") ?? strange(name, "output.media_type");
  return { assets: [{ mediaType, ...readPlace(name, output) }] };
}

type Place =
  | { readonly bytes: Uint8Array }
  | { readonly url: string; readonly sha256?: string; readonly sizeBytes?: number };

function readPlace(name: string, output: unknown): Place {
  const base64 = textOf(output, "base64");
  if (base64 !== undefined) return { bytes: new Uint8Array(Buffer.from(base64, "base64")) };
  const url = textOf(output, "url") ?? strange(name, "output");
  const sha256 = textOf(output, "sha256");
  const size = fieldOf(output, "size");
  return {
    url,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(typeof size === "number" && Number.isSafeInteger(size) ? { sizeBytes: size } : {}),
  };
}

function failureOf(name: string, id: string, error: unknown): GenblazeError {
  const [code = "unknown", message = "no reason was given"] = [textOf(error, "code"), textOf(error, "message")];
  return new GenblazeError("MODEL_ERROR", `${name}: job ${id} failed (${code}): ${message.slice(0, 300)}`, {
    details: { job: id, code },
  });
}

function progressOf(content: unknown): { readonly fraction?: number } {
  const progress = fieldOf(content, "progress");
  return typeof progress === "number" && progress >= 0 && progress <= 1 ? { fraction: progress } : {};
}

function hint(retryAfterMs: number | undefined): { readonly retryAfterMs?: number } {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (Reflect.get(value, key) ?? undefined) : undefined;
}

function textOf(value: unknown, key: string): string | undefined {
  const field = fieldOf(value, key);
  return typeof field === "string" && field !== "" ? field : undefined;
}

function strange(name: string, field: string): never {
  const message = `${name} answers without a "${field}" that fits. What it did is not known: ask again, or look the job up.`;
  throw new GenblazeError("SERVER_ERROR", message, { details: { field } });
}
