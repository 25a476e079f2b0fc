import { GenblazeError } from "../src/errors/genblaze-error.js";

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return new Error("nothing was thrown");
}

/** The code of the GenblazeError that the work throws, or what else came of it. */
export function codeOf(work: () => unknown): string {
  const thrown = thrownBy(work);
  return GenblazeError.isInstance(thrown) ? thrown.code : String(thrown);
}

export function messageOf(work: () => unknown): string {
  const thrown = thrownBy(work);
  return GenblazeError.isInstance(thrown) ? thrown.message : String(thrown);
}

/** The GenblazeError that a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<GenblazeError> {
  const thrown = await promise.then(
    () => new Error("nothing was thrown"),
    (error: unknown) => error,
  );
  if (GenblazeError.isInstance(thrown)) return thrown;
  throw thrown;
}
