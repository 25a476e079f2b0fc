import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { toEmbedJson } from "../src/manifest/embed-json.js";
import { hashPayload } from "../src/manifest/hash-payload.js";
import { Manifest } from "../src/manifest/manifest.js";
import { parseManifest } from "../src/manifest/parse-manifest.js";
import { codesFor, type GoldenError, readGolden, readGoldenBytes, readRows, thrownCode } from "./support/golden.js";

interface Expectation {
  readonly parse: "ok" | "error";
  readonly schema_version?: string;
  readonly hash_ok?: boolean;
  readonly ok?: boolean;
  readonly unverified_sha256_ids?: readonly string[];
  readonly invalid_metadata_ids?: readonly string[];
  readonly computed_hash?: string;
  readonly declared_hash?: string;
  readonly canonical_json_sha256?: string;
  readonly canonical_json_len?: number;
  readonly file_is_canonical?: boolean;
  readonly payload_file?: string;
  readonly canonical_file?: string;
  readonly canonical_json_error?: GoldenError;
  readonly verify_error?: GoldenError;
  readonly error?: GoldenError;
}

interface ManifestRow {
  readonly id: string;
  readonly kind: string;
  readonly file: string;
  readonly expect: Expectation;
}

// The golden index is data under our control.
const rows = JSON.parse(readGolden("manifests/index.json")) as readonly ManifestRow[];
const parsed = rows.filter((row) => row.expect.parse === "ok");
const refused = rows.filter((row) => row.expect.parse === "error");

const read = (row: ManifestRow) => parseManifest(readGoldenBytes(`manifests/${row.file}`));
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("manifests of the Python library", () => {
  it("are all there", () => {
    expect(rows).toHaveLength(132);
    expect(parsed).toHaveLength(93);
    expect(rows.filter((row) => row.kind === "valid")).toHaveLength(37);
    expect(rows.filter((row) => row.kind === "foreign")).toHaveLength(28);
    expect(rows.filter((row) => row.kind === "tampered")).toHaveLength(25);
    expect(rows.filter((row) => row.kind === "malformed")).toHaveLength(42);
  });

  it.each(parsed.filter((row) => row.expect.verify_error === undefined))("$id gets Python's verdict", (row) => {
    const manifest = read(row);
    const { expect: expected } = row;
    const report = manifest.report();
    expect({
      schema_version: manifest.schemaVersion,
      hash_ok: report.hashOk,
      ok: report.ok,
      unverified_sha256_ids: report.unverifiedSha256Ids,
      invalid_metadata_ids: report.invalidMetadataIds,
      computed_hash: report.computedHash,
      declared_hash: report.declaredHash,
    }).toEqual({
      schema_version: expected.schema_version,
      hash_ok: expected.hash_ok,
      ok: expected.ok,
      unverified_sha256_ids: expected.unverified_sha256_ids,
      invalid_metadata_ids: expected.invalid_metadata_ids,
      computed_hash: expected.computed_hash,
      declared_hash: expected.declared_hash,
    });
    expect(manifest.verify()).toBe(expected.ok);
    expect(manifest.computeHash()).toBe(expected.computed_hash);
  });

  it.each(parsed.filter((row) => row.expect.payload_file !== undefined))("$id hashes Python's payload text", (row) => {
    const manifest = read(row);
    const payload = hashPayload({
      schemaVersion: manifest.schemaVersion,
      run: manifest.exactRun,
      canonicalHash: "",
      manifestUri: null,
      encryptionScheme: null,
      signature: null,
      transferFailures: [],
    });
    expect(payload).toBe(readGolden(`manifests/${row.expect.payload_file}`));
  });

  it.each(parsed.filter((row) => row.expect.canonical_json_sha256 !== undefined))("$id prints Python's text", (row) => {
    const { expect: expected } = row;
    const text = read(row).toCanonicalJson();
    expect([sha256(text), new TextEncoder().encode(text).length]).toEqual([
      expected.canonical_json_sha256,
      expected.canonical_json_len,
    ]);
    expect(text === readGolden(`manifests/${row.file}`)).toBe(expected.file_is_canonical);
    if (expected.canonical_file !== undefined) expect(text).toBe(readGolden(`manifests/${expected.canonical_file}`));
  });

  it.each(parsed.filter((row) => row.expect.canonical_json_error))("$id is not printed, as in Python", (row) => {
    const manifest = read(row);
    const error = row.expect.canonical_json_error ?? { kind: "" };
    expect(codesFor(error)).toContain(thrownCode(() => manifest.toCanonicalJson()));
  });

  it.each(parsed.filter((row) => row.expect.verify_error))("$id parses and has no hash", (row) => {
    const manifest = read(row);
    expect(codesFor(row.expect.verify_error ?? { kind: "" })).toContain(thrownCode(() => manifest.report()));
  });

  it.each(refused)("$id is refused", (row) => {
    const code = thrownCode(() => read(row));
    // parse_manifest in Python calls it invalid; the reader of sidecars, which ours is too, calls it a pointer.
    if (row.id === "malformed/pointer") expect(code).toBe("MANIFEST_IS_POINTER");
    else expect(codesFor(row.expect.error ?? { kind: "" })).toContain(code);
  });

  it.each(parsed.filter((row) => row.kind === "valid" && row.expect.schema_version === "1.5"))(
    "$id keeps its hash when a new manifest is made of its run",
    (row) => {
      const manifest = read(row);
      const { encryptionScheme } = manifest;
      expect(Manifest.fromRun(manifest.exactRun, { encryptionScheme }).canonicalHash).toBe(manifest.canonicalHash);
    },
  );
});

interface PolicyRow {
  readonly id: string;
  readonly policy: {
    readonly prompt_visibility: "public" | "private" | "redacted" | "encrypted";
    readonly embed_mode: "full" | "pointer" | "none";
    readonly include_params: boolean;
    readonly include_seed: boolean;
  };
  readonly manifest: string;
  readonly embed_json?: string;
  readonly error?: GoldenError;
}

describe("embed policies of the Python library", () => {
  const policies = readRows<PolicyRow>("manifests/policies.jsonl");

  it("are all there", () => {
    expect(policies).toHaveLength(11);
  });

  it.each(policies)("$id gives Python's text", (row) => {
    const { policy } = row;
    const embed = () =>
      toEmbedJson(parseManifest(readGolden(`manifests/${row.manifest}`)), {
        promptVisibility: policy.prompt_visibility,
        embedMode: policy.embed_mode,
        includeParams: policy.include_params,
        includeSeed: policy.include_seed,
      });
    if (row.error === undefined) expect(embed()).toBe(row.embed_json);
    else expect(codesFor(row.error)).toContain(thrownCode(embed));
  });
});
