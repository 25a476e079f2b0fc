import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as manifestEntry from "../../src/manifest/index.js";
import { parseManifest } from "../../src/manifest/parse-manifest.js";
import type { SigningKey } from "../../src/signature/keys.js";
import { signManifest } from "../../src/signature/sign-manifest.js";
import { codesFor, type GoldenError, readGolden, readGoldenBytes, readRows } from "../support/golden.js";
import { bundleForBrowser, openPage } from "../support/manifest-page.js";

declare global {
  /** What the page gives to the functions that run in it. */
  var genblaze: Pick<typeof manifestEntry, "canonicalizeJson" | "hashJson" | "parseManifest" | "verifySignature">;
}

/** A page that reads, hashes and verifies. */
const MAX_PAGE_BYTES = 12_000;
/** All that the entry exports: the size of today, rounded up; what makes it larger has to be worth it. */
const MAX_ENTRY_BYTES = 12_850;

interface ManifestRow {
  readonly id: string;
  readonly file: string;
  readonly expect: {
    readonly parse: "ok" | "error";
    readonly canonical_json_sha256?: string;
    readonly canonical_file?: string;
    readonly canonical_json_error?: GoldenError;
    readonly verify_error?: GoldenError;
    readonly error?: GoldenError;
  } & Readonly<Record<string, unknown>>;
}

interface CanonicalRow {
  readonly id: string;
  readonly input: string;
  readonly canonical?: string | null;
  readonly sha256?: string | null;
  readonly parse_error?: GoldenError;
  readonly error?: GoldenError;
  readonly hash_error?: GoldenError;
}

/** What a call in the page gave, or the code of what it threw. */
interface Outcome<Value> {
  readonly value?: Value;
  readonly code?: string;
}

interface Verdict {
  readonly facts: Outcome<Readonly<Record<string, unknown>>>;
  readonly text: Outcome<string>;
}

// The golden index is data under our control.
const rows = JSON.parse(readGolden("manifests/index.json")) as readonly ManifestRow[];
const parsed = rows.filter((row) => row.expect.parse === "ok");
const refused = rows.filter((row) => row.expect.parse === "error");
const canonicalRows = readRows<CanonicalRow>("canonical.jsonl");
const bundle = await bundleForBrowser();
let open: Awaited<ReturnType<typeof openPage>>;

beforeAll(async () => {
  open = await openPage(bundle.code);
});

afterAll(async () => {
  await open.close();
});

/** Runs a function in the page. Values travel as JSON, which keeps lone surrogates. */
async function inPage<Value>(work: (json: string) => string | Promise<string>, input: unknown): Promise<Value> {
  // Both sides are in this file.
  return JSON.parse(await open.page.evaluate(work, JSON.stringify(input))) as Value;
}

const gzipBytes = (text: string) => gzipSync(text, { level: 9 }).length;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("the bundle of a page that verifies manifests", () => {
  it("is small, and so is all that the entry exports", async () => {
    expect(gzipBytes(bundle.code)).toBeLessThan(MAX_PAGE_BYTES);
    const entry = await bundleForBrowser('export * from "@genblaze/core/manifest";');
    expect(gzipBytes(entry.code)).toBeLessThan(MAX_ENTRY_BYTES);
  });

  it("holds our own files only, and imports nothing: no node: module and no zod", () => {
    expect(bundle.files.filter((file) => file !== "page.ts" && !file.startsWith("src/"))).toEqual([]);
    expect(bundle.files).toContain("src/json/sha256-pure.ts");
    expect(bundle.files).not.toContain("src/json/sha256-node.ts");
    expect(bundle.externals).toEqual([]);
    expect(bundle.code).not.toMatch(/["']node:|zod/i);
  });
});

describe("manifests of the Python library in Chromium", () => {
  let outcomes: Readonly<Record<string, Outcome<Verdict>>>;

  beforeAll(async () => {
    const files = rows.map(({ id, file }) => [id, [...readGoldenBytes(`manifests/${file}`)]]);
    outcomes = await inPage(readManifests, files);
  });

  const verdictFor = (row: ManifestRow) => outcomes[row.id]?.value;

  it("are all there", () => {
    expect([rows.length, parsed.length, refused.length]).toEqual([132, 93, 39]);
    expect(Object.keys(outcomes)).toHaveLength(132);
  });

  it.each(parsed.filter((row) => row.expect.verify_error === undefined))("$id gets Python's verdict", (row) => {
    const facts = verdictFor(row)?.facts.value ?? {};
    expect(Object.keys(facts)).toHaveLength(7);
    expect(row.expect).toMatchObject(facts);
  });

  it.each(parsed.filter((row) => row.expect.verify_error))("$id parses and has no hash", (row) => {
    expect(codesFor(row.expect.verify_error ?? { kind: "" })).toContain(verdictFor(row)?.facts.code);
  });

  it.each(parsed.filter((row) => row.expect.canonical_json_sha256))("$id prints Python's text", (row) => {
    const text = verdictFor(row)?.text.value ?? "";
    expect(sha256(text)).toBe(row.expect.canonical_json_sha256);
    const file = row.expect.canonical_file;
    if (file !== undefined) expect(text).toBe(readGolden(`manifests/${file}`));
  });

  it.each(parsed.filter((row) => row.expect.canonical_json_error))("$id is not printed, as in Python", (row) => {
    expect(codesFor(row.expect.canonical_json_error ?? { kind: "" })).toContain(verdictFor(row)?.text.code);
  });

  it.each(refused)("$id is refused", (row) => {
    const kind = row.id === "malformed/pointer" ? { kind: "pointer" } : (row.expect.error ?? { kind: "" });
    expect(codesFor(kind)).toContain(outcomes[row.id]?.code);
  });
});

describe("canonical JSON of the Python library in Chromium", () => {
  let outcomes: readonly { readonly text: Outcome<string>; readonly hash: Outcome<string> }[];

  beforeAll(async () => {
    outcomes = await inPage(
      canonicalize,
      canonicalRows.map(({ input }) => input),
    );
  });

  it("has the text and the hash of every row, or its error", () => {
    expect([canonicalRows.length, outcomes.length]).toEqual([493, 493]);
    for (const [index, row] of canonicalRows.entries()) {
      const { text, hash } = outcomes[index] ?? {};
      const error = row.parse_error ?? row.error;
      if (error === undefined) expect([row.id, text]).toEqual([row.id, { value: row.canonical }]);
      else expect([row.id, codesFor(error).includes(text?.code ?? "")]).toEqual([row.id, true]);
      const hashError = error ?? row.hash_error;
      if (hashError === undefined) expect([row.id, hash]).toEqual([row.id, { value: row.sha256 }]);
      else expect([row.id, codesFor(hashError).includes(hash?.code ?? "")]).toEqual([row.id, true]);
    }
  });
});

describe("a signed manifest in Chromium", () => {
  /** RFC 8037, appendix A. */
  const key: SigningKey = {
    kty: "OKP",
    crv: "Ed25519",
    x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    kid: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
  };

  it("matches under its key, and differs when it was changed after it was signed", async () => {
    const manifest = parseManifest(readGolden("manifests/valid/every-field-v1_5.json")).withSignature(null);
    const signed = (await signManifest(manifest, key, { signedAtMs: 0 })).toCanonicalJson();
    const changed = signed.replace('"tenant_id":', '"tenant_id":"x","was":');
    const { d: _, ...keys } = key;
    const known = { keyId: key.kid, signedAt: "1970-01-01T00:00:00.000Z" };
    expect(await inPage(checkSignatures, { texts: [signed, changed, manifest.toCanonicalJson()], keys })).toEqual([
      { verdict: "matches", ...known },
      { verdict: "differs", reason: "The signature is not over what this manifest says.", ...known },
      { verdict: "not checked", reason: "The manifest is not signed." },
    ]);
  });
});

// What follows runs in the page: it reaches nothing of this file.

function readManifests(json: string): string {
  const { parseManifest } = globalThis.genblaze;
  const attempt = <Value>(work: () => Value) => {
    try {
      return { value: work() };
    } catch (error) {
      return { code: error instanceof Error && "code" in error ? error.code : String(error) };
    }
  };
  const verdictOf = (bytes: number[]) => {
    const manifest = parseManifest(Uint8Array.from(bytes));
    const factsOf = () => {
      const report = manifest.report();
      return {
        schema_version: manifest.schemaVersion,
        hash_ok: report.hashOk,
        ok: report.ok,
        unverified_sha256_ids: report.unverifiedSha256Ids,
        invalid_metadata_ids: report.invalidMetadataIds,
        computed_hash: report.computedHash,
        declared_hash: report.declaredHash,
      };
    };
    const text = attempt(() => manifest.toCanonicalJson());
    return { facts: attempt(factsOf), text };
  };
  const files: readonly [string, number[]][] = JSON.parse(json);
  return JSON.stringify(Object.fromEntries(files.map(([id, bytes]) => [id, attempt(() => verdictOf(bytes))])));
}

function canonicalize(json: string): string {
  const { canonicalizeJson, hashJson } = globalThis.genblaze;
  const attempt = (work: () => string) => {
    try {
      return { value: work() };
    } catch (error) {
      return { code: error instanceof Error && "code" in error ? error.code : String(error) };
    }
  };
  const texts: readonly string[] = JSON.parse(json);
  return JSON.stringify(
    texts.map((text) => ({ text: attempt(() => canonicalizeJson(text)), hash: attempt(() => hashJson(text)) })),
  );
}

async function checkSignatures(json: string): Promise<string> {
  const { parseManifest, verifySignature } = globalThis.genblaze;
  const { texts, keys } = JSON.parse(json);
  return JSON.stringify(await Promise.all(texts.map((text: string) => verifySignature(parseManifest(text), { keys }))));
}
