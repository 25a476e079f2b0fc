import type { Runtime } from "../run/runtime.js";
import { Pipeline } from "./pipeline.js";

/** The `Pipeline` constructor with another default runtime; the umbrella package binds its media handlers so. */
export function pipelineWith(runtime: Runtime): typeof Pipeline {
  return new Proxy(Pipeline, {
    // What is no object goes on as it is, to be refused there.
    construct: (target, [start, options = {}]) =>
      new target(start, typeof options === "object" && options !== null ? { runtime, ...options } : options),
  });
}
