import { createPublicKey, sign, verify } from "node:crypto";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flattenedVerify, importJWK } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readGolden } from "../../test/support/golden.js";
import { codeOf, rejection } from "../../test/thrown.js";
import { parseManifest } from "../manifest/parse-manifest.js";
import { fromBase64url, toBase64url } from "./base64url.js";
import { readKeySet, readSigningKey, writeSigningKey } from "./key-file.js";
import { type SigningKey, toKeySet, toSigningKey } from "./keys.js";
import { createSigningKey, signManifest } from "./sign-manifest.js";
import { verifySignature } from "./verify-signature.js";

/** RFC 8037, appendix A: a key and (A.3) its thumbprint. */
const key: SigningKey = {
  kty: "OKP",
  crv: "Ed25519",
  x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
  d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
  kid: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
};
const signedAtMs = Date.UTC(2026, 0, 15);
const manifest = parseManifest(readGolden("manifests/valid/every-field-v1_5.json")).withSignature(null);

describe("a signed manifest", () => {
  it("carries a detached JWS with the thumbprint of its key, pinned", async () => {
    const { signature } = await signManifest(manifest, key, { signedAtMs });
    expect(signature).toBe(
      // Made with Python and `openssl pkeyutl -sign -rawin`.
      "eyJhbGciOiJFZERTQSIsInR5cCI6ImdlbmJsYXplLW1hbmlmZXN0Iiwia2lkIjoia1ByS19xbXhWV2FZVkE5d3dCRjZJdW8zdlZ6ejdUeEhDVHdYQnlnclM0ayIsImlhdCI6MTc2ODQzNTIwMCwiYjY0IjpmYWxzZSwiY3JpdCI6WyJiNjQiXX0..rarcxbTnrXKTmlpvaVXaU-txcb_MPpjXXSaQ-G_Y04SzWtyVEV1WYXIlSehyVqcVyEQl5LXblB9cJf95AeR8BQ",
    );
    const header = Buffer.from(signature?.split(".")[0] ?? "", "base64url").toString();
    expect(header).toBe(
      `{"alg":"EdDSA","typ":"genblaze-manifest","kid":"${key.kid}","iat":${signedAtMs / 1000},"b64":false,"crit":["b64"]}`,
    );
  });

  it("keeps its hash, its content and its report, so that readers who know no signatures accept it", async () => {
    const signed = await signManifest(manifest, key);
    expect(signed.report()).toEqual(manifest.report());
    expect(signed.toCanonicalJson()).toBe(
      manifest.toCanonicalJson().replace('"signature":null', `"signature":"${signed.signature}"`),
    );
    expect(parseManifest(signed.toCanonicalJson()).signature).toBe(signed.signature);
  });

  it("is verified by another implementation of RFC 7515 and RFC 7797", async () => {
    const { signature, canonicalHash } = await signManifest(manifest, key);
    const [header = "", , value = ""] = signature?.split(".") ?? [];
    const jws = { protected: header, signature: value, payload: canonicalHash };
    const { kty, crv, x } = key;
    const { payload } = await flattenedVerify(jws, await importJWK({ kty, crv, x }, "EdDSA"));
    expect(Buffer.from(payload).toString()).toBe(canonicalHash);
  });

  it("matches under the key that signed it, and says which and when", async () => {
    const signed = await signManifest(manifest, key, { signedAtMs });
    expect(await verifySignature(signed, { keys: key })).toEqual({
      verdict: "matches",
      keyId: key.kid,
      signedAt: "2026-01-15T00:00:00.000Z",
    });
    expect((await verifySignature(signed, { keys: [await createSigningKey(), key] })).verdict).toBe("matches");
  });

  it("keeps its signature where only what is not hashed changes, and loses it where the hash changes", async () => {
    const signed = await signManifest(manifest, key);
    const moved = signed.withManifestUri("https://files.example.com/m.json");
    expect((await verifySignature(moved, { keys: key })).verdict).toBe("matches");
    expect(signed.withRun(signed.exactRun).signature).toBe(signed.signature);
    expect(signed.withRun({ ...signed.exactRun, name: "another" }).signature).toBeNull();
  });

  it("is not made with a key that has ended, or has not begun", async () => {
    const second = signedAtMs / 1000;
    for (const times of [{ exp: second }, { nbf: second + 1 }]) {
      expect((await rejection(signManifest(manifest, { ...key, ...times }, { signedAtMs }))).code).toBe("KEY_INVALID");
    }
    const { signature } = await signManifest(manifest, { ...key, nbf: second, exp: second + 1 }, { signedAtMs });
    expect(signature).not.toBeNull();
  });

  it("refuses to sign a manifest that is not what was hashed", async () => {
    const tampered = parseManifest(manifest.toCanonicalJson().replace('"tenant_id":', '"tenant_id":"x","was":'));
    expect((await rejection(signManifest(tampered, key))).code).toBe("MANIFEST_INVALID");
  });
});

describe("a signature that does not count", () => {
  it("is not checked where there is none, where nobody is trusted, and where the key is not known", async () => {
    const signed = await signManifest(manifest, key);
    const other = await createSigningKey();
    expect(await verifySignature(manifest, { keys: key })).toEqual({
      verdict: "not checked",
      reason: "The manifest is not signed.",
    });
    expect((await verifySignature(signed)).verdict).toBe("not checked");
    expect(await verifySignature(signed, { keys: other })).toMatchObject({ verdict: "not checked", keyId: key.kid });
  });

  it("differs when the content was changed, though the manifest still declares the hash that was signed", async () => {
    const text = (await signManifest(manifest, key)).toCanonicalJson();
    const changed = parseManifest(text.replace('"tenant_id":', '"tenant_id":"x","was":'));
    expect(changed.canonicalHash).toBe(manifest.canonicalHash);
    expect((await verifySignature(changed, { keys: key })).verdict).toBe("differs");
  });

  it("differs when it was copied from another manifest", async () => {
    const { signature } = await signManifest(manifest, key);
    const other = parseManifest(readGolden("manifests/valid/chat-step.json")).withSignature(signature);
    expect((await verifySignature(other, { keys: key })).verdict).toBe("differs");
  });

  it("is not taken for unchecked because its keys were misspelt", async () => {
    const signed = await signManifest(manifest, key);
    expect((await rejection(verifySignature(signed, { key } as object))).code).toBe("INVALID_OPTION");
  });

  it.each([
    ["one byte of the signature is changed", (text: string) => text.replace(/.{4}$/, "AAAA")],
    ["the payload is not detached", (text: string) => text.replace("..", `.${"a".repeat(8)}.`)],
    ["it has a fourth part", (text: string) => `${text}.`],
    ["it is empty", () => ""],
    ["it is long", (text: string) => `${text}${"A".repeat(5000)}`],
    ["its header is no JSON", (text: string) => text.replace(/^[^.]+/, "AAAA")],
    ["it says alg none", withHeader({ alg: "none" })],
    ["it says HS256", withHeader({ alg: "HS256" })],
    ["its payload is encoded", withHeader({ b64: true })],
    ["it has an extension that we do not know", withHeader({ crit: ["b64", "exp"] })],
    ["it was made for something else", withHeader({ typ: "JWT" })],
    ["it names no key", withHeader({ kid: undefined })],
    ["it names a key that is no thumbprint", withHeader({ kid: `${key.kid}\n` })],
    ["it names a key with other characters", withHeader({ kid: key.kid.replace("_", "\u001b") })],
    ["it has no time", withHeader({ iat: "now" })],
  ])("differs when %s", async (_, change) => {
    const { signature } = await signManifest(manifest, key);
    const changed = manifest.withSignature(change(signature ?? ""));
    expect((await verifySignature(changed, { keys: key })).verdict).toBe("differs");
  });

  it("differs when its key is revoked, whenever it says it was made and whether the key is given or not", async () => {
    const signed = await signManifest(manifest, key, { signedAtMs: 0 });
    const revoked = [{ kid: key.kid, reason: "stolen laptop" }];
    expect(await verifySignature(signed, { keys: { keys: [key], revoked } })).toMatchObject({
      verdict: "differs",
      reason: "The key was revoked (stolen laptop).",
    });
    expect((await verifySignature(signed, { keys: { keys: [], revoked } })).verdict).toBe("differs");
  });

  it("does not say who signed when its header names no possible key", async () => {
    const { signature } = await signManifest(manifest, key);
    const forged = manifest.withSignature(withHeader({ kid: "a\nkey" })(signature ?? ""));
    expect(await verifySignature(forged, { keys: key })).toEqual({
      verdict: "differs",
      reason: "The manifest's signature cannot be read: its header does not say which key and when.",
    });
  });

  it("differs from the second on at which its key ends, and before it begins", async () => {
    const signed = await signManifest(manifest, key, { signedAtMs });
    const second = signedAtMs / 1000;
    const verdictOf = async (times: { nbf?: number; exp?: number }) =>
      (await verifySignature(signed, { keys: { ...key, ...times } })).verdict;
    expect(await verdictOf({ exp: second })).toBe("differs");
    expect(await verdictOf({ exp: second + 1 })).toBe("matches");
    expect(await verdictOf({ nbf: second })).toBe("matches");
    expect(await verdictOf({ nbf: second + 1 })).toBe("differs");
  });
});

describe("keys", () => {
  it.each([
    ["nothing", undefined],
    ["a text", "key"],
    ["another curve", { ...key, crv: "X25519" }],
    ["a short key", { ...key, x: "AAAA" }],
    ["padding", { ...key, x: `${key.x}=` }],
    ["another spelling of the same bytes", { ...key, x: key.x.replace(/o$/, "p") }],
    ["an id that is not its thumbprint", { ...key, kid: "mine" }],
    ["an end that is no number", { ...key, exp: "never" }],
    ["a revoked entry without an id", { keys: [key], revoked: [{}] }],
    ["a revoked entry whose id is no thumbprint", { keys: [key], revoked: [{ kid: `${key.kid}=` }] }],
  ])("are refused: %s", (_, source) => {
    expect(codeOf(() => toKeySet(source))).toBe("KEY_INVALID");
  });

  it("need a private half to sign, and two halves that belong together", async () => {
    expect(codeOf(() => toSigningKey({ ...key, d: undefined }))).toBe("KEY_INVALID");
    const { d } = await createSigningKey();
    expect((await rejection(signManifest(manifest, { ...key, d }))).code).toBe("KEY_INVALID");
  });

  it("never keep a private half where keys to trust are given", () => {
    expect(JSON.stringify(toKeySet([key]))).not.toContain(key.d);
  });

  it("read every text of base64url that Node writes, and nothing else", () => {
    for (let length = 0; length < 70; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length) % 256);
      expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
      expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
    }
    for (const text of ["A", "AA==", "A+/A", "AB", "A B", "\u00e9\u00e9"]) expect(fromBase64url(text)).toBeUndefined();
  });
});

describe("key files", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "genblaze-keys-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("are for their owner only, and are never overwritten", async () => {
    const path = join(folder, "key.json");
    await writeSigningKey(path, key);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readSigningKey(path)).toEqual(key);
    expect((await rejection(writeSigningKey(path, await createSigningKey()))).code).toBe("FILE_WRITE_FAILED");
    expect(await readSigningKey(path)).toEqual(key);
  });

  it("are refused when others may read them, and work as keys to trust all the same", async () => {
    const path = join(folder, "open.json");
    await writeFile(path, JSON.stringify(key), { mode: 0o644 });
    const error = await rejection(readSigningKey(path));
    expect([error.code, error.message]).toEqual([
      "KEY_INVALID",
      `${path}: Others may read this private key. Run \`chmod 600\` on it first.`,
    ]);
    expect((await readKeySet(path)).keys).toHaveLength(1);
  });

  it("are refused when their list of revoked keys has a misspelt name, as it would revoke nothing", async () => {
    const path = join(folder, "keys.json");
    await writeFile(path, JSON.stringify({ keys: [key], Revoked: [{ kid: key.kid }] }));
    const error = await rejection(readKeySet(path));
    expect([error.code, error.message]).toEqual([
      "KEY_INVALID",
      `${path}: The list of revoked keys is named "revoked"; "Revoked" was found.`,
    ]);
  });

  it("never show their text in an error", async () => {
    const path = join(folder, "broken.json");
    await writeFile(path, `{"d":"${key.d}`, { mode: 0o600 });
    const error = await rejection(readSigningKey(path));
    expect(error.code).toBe("KEY_INVALID");
    expect(`${error.message}${error.stack}${String(error.cause)}`).not.toContain(key.d.slice(0, 8));
    expect((await rejection(readSigningKey(join(folder, "none.json")))).code).toBe("FILE_NOT_FOUND");
  });
});

/** A rightly signed header with other members: only the members can be what is wrong. */
function withHeader(members: Readonly<Record<string, unknown>>): (text: string) => string {
  return (text) => {
    const header = { ...JSON.parse(Buffer.from(text.split(".")[0] ?? "", "base64url").toString()), ...members };
    const protectedText = Buffer.from(JSON.stringify(header)).toString("base64url");
    const { kty, crv, x, d } = key;
    const input = Buffer.from(`${protectedText}.${manifest.canonicalHash}`);
    const signature = sign(null, input, { key: { kty, crv, x, d }, format: "jwk" });
    if (!verify(null, input, createPublicKey({ key: { kty, crv, x }, format: "jwk" }), signature)) throw new Error();
    return `${protectedText}..${signature.toString("base64url")}`;
  };
}
