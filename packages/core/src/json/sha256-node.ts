import { createHash } from "node:crypto";
import type { Sha256 } from "./sha256.js";

/** SHA-256 by `node:crypto`; `#sha256` in Node. */
export function createSha256(): Sha256 {
  const hash = createHash("sha256");
  return {
    update: (piece) => {
      hash.update(piece);
    },
    digestHex: () => hash.digest("hex"),
  };
}
