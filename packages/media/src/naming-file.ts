import { GenblazeError } from "@genblaze/core";

/**
 * Does the work and puts the path before the message of a MEDIA_ error, which handlers throw without knowing it. An
 * error that names its file already stays as it is.
 */
export async function namingFile<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!GenblazeError.isInstance(error) || !error.code.startsWith("MEDIA_") || "path" in error.details) throw error;
    const { code, message, isRetryable, details } = error;
    throw new GenblazeError(code, `${path}: ${message}`, { cause: error, isRetryable, details: { ...details, path } });
  }
}
