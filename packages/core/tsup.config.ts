import { libraryBuild } from "../../scripts/library-build.js";

export default libraryBuild([
  "index",
  "manifest/index",
  "journal/index",
  "node/index",
  "proof/index",
  "provider/index",
  "storage/index",
  "report/index",
  "replay/index",
  "verify/index",
  "agent/index",
  "batch/index",
  "cache/index",
  "guard/index",
  "ingest/index",
  "pricing/index",
  "webhooks/index",
  "workflow/index",
  "json/sha256-node",
  "json/sha256-pure",
]);
