// The fakes depend on core, so core's own tests reach them by path instead of by a dependency in a circle.
export { createFakeClock, scriptedAsset, scriptedProvider } from "../../fakes/src/index.js";
