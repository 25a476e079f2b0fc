import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";

/** Passes a caller's cancellation on and makes anything else the error of a cache. */
export function cacheProblem(doing: string): (thrown: unknown) => never {
  return (thrown) => {
    const cause = errorFromUnknown(thrown, "the storage threw");
    if (cause.code === "CANCELLED") throw cause;
    const message = `The step cache could not ${doing}: ${cause.message} The step itself is not affected; check the cache's storage.`;
    throw new GenblazeError("CACHE_FAILED", message, { cause: thrown });
  };
}
