import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Sha256 } from "./sha256.js";
import { createSha256 as createNodeSha256 } from "./sha256-node.js";
import { createSha256 as createPureSha256 } from "./sha256-pure.js";

const hashOf = (create: () => Sha256, pieces: readonly (string | Uint8Array)[]): string => {
  const hash = create();
  for (const piece of pieces) hash.update(piece);
  return hash.digestHex();
};

describe.each([
  ["node", createNodeSha256],
  ["pure", createPureSha256],
])("the %s SHA-256", (_name, create) => {
  it("gives the published hashes", () => {
    expect(hashOf(create, [])).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(hashOf(create, ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"])).toBe(
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
  });

  it("agrees with node:crypto at every length around a block", () => {
    for (let length = 0; length <= 200; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 31 + length) % 256);
      expect(hashOf(create, [bytes])).toBe(createHash("sha256").update(bytes).digest("hex"));
    }
  });

  it("agrees with node:crypto for random pieces of bytes and text", () => {
    const piece = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const expected = createHash("sha256");
        for (const part of pieces) expected.update(part);
        expect(hashOf(create, pieces)).toBe(expected.digest("hex"));
      }),
    );
  });
});
