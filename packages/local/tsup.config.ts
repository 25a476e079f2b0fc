import { libraryBuild } from "../../scripts/library-build.js";

export default libraryBuild(["index", "guard/index", "worker/render-worker"]);
