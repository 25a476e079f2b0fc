import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GenblazeError } from "../src/errors/genblaze-error.js";
import { canonicalJson } from "../src/json/canonical-json.js";
import { canonicalizeJson } from "../src/json/canonicalize-json.js";
import { decodeJsonBytes } from "../src/json/decode-json-bytes.js";
import { JsonFloat } from "../src/json/json-float.js";
import type { JsonInput } from "../src/json/json-input.js";
import { readJson } from "../src/json/read-json.js";
import { utf8Length } from "../src/json/utf8-length.js";
import { parseManifest } from "../src/manifest/parse-manifest.js";
import { readGolden } from "./support/golden.js";

const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("__proto__", "e\u0301", "\u{1f600}", "\uffff"));
const { value: jsonInput } = fc.letrec<{ value: JsonInput }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.bigInt(),
    fc.double(),
    fc.double().map((value) => new JsonFloat(value)),
    text,
    fc.array(tie("value"), { maxLength: 5 }),
    fc.array(fc.tuple(text, tie("value")), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

const onlyOwnErrors = (call: () => unknown): void => {
  try {
    call();
  } catch (error) {
    if (!GenblazeError.isInstance(error)) throw error;
  }
};

describe("canonical JSON", () => {
  it("is its own canonical form", () => {
    fc.assert(
      fc.property(jsonInput, (value) => {
        const canonical = canonicalJson(value);
        expect(canonicalizeJson(canonical)).toBe(canonical);
      }),
      { numRuns: 1000 },
    );
  });

  it("is JSON that JSON.parse reads too", () => {
    fc.assert(
      fc.property(jsonInput, (value) => {
        expect(() => JSON.parse(canonicalJson(value))).not.toThrow();
      }),
    );
  });

  it("reads what JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const written = JSON.stringify(value);
        const read = JSON.stringify(readJson(written), (_key, entry: unknown) =>
          typeof entry === "bigint" ? Number(entry) : entry,
        );
        expect(JSON.parse(read)).toEqual(JSON.parse(written));
      }),
    );
  });
});

describe("hostile documents", () => {
  const manifest = readGolden("manifests/valid/every-field-v1_5.json");

  it("are refused with a GenblazeError when cut at any character", () => {
    for (let length = 0; length < manifest.length; length += 1) {
      expect(() => parseManifest(manifest.slice(0, length))).toThrow(GenblazeError);
    }
  });

  it("raise nothing but a GenblazeError after random changes of the text", () => {
    const change = fc.tuple(fc.nat(manifest.length), fc.nat(8), fc.string({ unit: "binary", maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        let changed = manifest;
        for (const [at, cut, insert] of changes) changed = changed.slice(0, at) + insert + changed.slice(at + cut);
        onlyOwnErrors(() => parseManifest(changed).report());
      }),
      { numRuns: 2000 },
    );
  });

  it("raise nothing but a GenblazeError after random changes of a value", () => {
    const document = Object(JSON.parse(manifest));
    fc.assert(
      fc.property(fc.constantFrom(...leafPaths(document)), jsonInput, (path, value) => {
        const changed = canonicalJson(withValue(document, path, value));
        onlyOwnErrors(() => parseManifest(changed).report());
        onlyOwnErrors(() => parseManifest(changed).toCanonicalJson());
        onlyOwnErrors(() => parseManifest(changed).run);
      }),
      { numRuns: 2000 },
    );
  });

  it("raise nothing but a GenblazeError for random bytes in any encoding", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        onlyOwnErrors(() => readJson(decodeJsonBytes(bytes)));
        onlyOwnErrors(() => parseManifest(bytes));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("utf8Length", () => {
  it("counts what TextEncoder writes", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }), (value) => {
        expect(utf8Length(value)).toBe(new TextEncoder().encode(value).length);
      }),
    );
  });
});

/** The path of every value in a document. */
function leafPaths(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, entry]) => leafPaths(entry, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

/** A copy of a document with another value at a path. */
function withValue(document: JsonInput, path: readonly string[], value: JsonInput): JsonInput {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const entries = Object.entries(Object(document)).map(([name, entry]): [string, JsonInput] => {
    // The document came from JSON.parse.
    const json = entry as JsonInput;
    return [name, name === key ? withValue(json, rest, value) : json];
  });
  return Array.isArray(document) ? entries.map(([, entry]) => entry) : Object.fromEntries(entries);
}
