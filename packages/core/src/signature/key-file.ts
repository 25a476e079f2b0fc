import { open, readFile, stat } from "node:fs/promises";
import { platform } from "node:process";
import { GenblazeError } from "../errors/genblaze-error.js";
import { isObject } from "../manifest/free-type.js";
import { type KeySet, type SigningKey, toKeySet, toSigningKey } from "./keys.js";

/** Owner reads and writes. */
const PRIVATE_MODE = 0o600;
/** Any permission of the group or of others. */
const OTHERS_MASK = 0o077;
/** 10,000 keys of some 200 bytes. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * Writes a signing key as JSON to a new file that only its owner reads. An existing file is never replaced.
 *
 * @throws GenblazeError `FILE_WRITE_FAILED`
 */
export async function writeSigningKey(path: string, key: SigningKey): Promise<void> {
  try {
    const file = await open(path, "wx", PRIVATE_MODE);
    try {
      await file.writeFile(`${JSON.stringify(toSigningKey(key), null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (GenblazeError.isInstance(cause)) throw cause;
    const why = codeOf(cause) === "EEXIST" ? "a file is there already, and a key is never overwritten" : codeOf(cause);
    throw new GenblazeError("FILE_WRITE_FAILED", `The key was not written to ${path}: ${why}. Give another path.`, {
      cause,
      details: { path },
    });
  }
}

/**
 * Reads a signing key. A file that others may read is refused, as its key may be known.
 *
 * @throws GenblazeError `KEY_INVALID`, `FILE_NOT_FOUND`
 */
export async function readSigningKey(path: string): Promise<SigningKey> {
  const source = await readJsonFile(path);
  return naming(path, async () => {
    if (typeof source === "object" && source !== null && "keys" in source) {
      throw new GenblazeError(
        "KEY_INVALID",
        "These are keys to verify with. Give the private key that belongs to them.",
      );
    }
    const key = toSigningKey(source);
    await assertPrivate(path);
    return key;
  });
}

/**
 * Reads the keys that a verifier trusts: a JWK set, or one JWK.
 *
 * @throws GenblazeError `KEY_INVALID`, `FILE_NOT_FOUND`
 */
export async function readKeySet(path: string): Promise<KeySet> {
  const source = await readJsonFile(path);
  return naming(path, async () => {
    assertRevokedName(source);
    return toKeySet(source);
  });
}

/** A list under a misspelt name would revoke nothing. Here, and not in `toKeySet`, as pages are to stay small. */
function assertRevokedName(source: unknown): void {
  if (!isObject(source)) return;
  const misspelt = Object.keys(source).find((name) => name !== "revoked" && name.toLowerCase() === "revoked");
  if (misspelt === undefined) return;
  throw new GenblazeError("KEY_INVALID", `The list of revoked keys is named "revoked"; "${misspelt}" was found.`);
}

async function assertPrivate(path: string): Promise<void> {
  // Windows has no such bits: what Node shows there says nothing.
  if (platform === "win32" || ((await stat(path)).mode & OTHERS_MASK) === 0) return;
  throw new GenblazeError("KEY_INVALID", `Others may read this private key. Run \`chmod 600\` on it first.`);
}

async function readJsonFile(path: string): Promise<unknown> {
  let text: string;
  try {
    if ((await stat(path)).size > MAX_FILE_BYTES)
      throw new GenblazeError("KEY_INVALID", `${path}: This is no key file.`);
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (GenblazeError.isInstance(cause)) throw cause;
    const message = `The key file ${path} cannot be read: ${codeOf(cause)}. Check the path.`;
    throw new GenblazeError("FILE_NOT_FOUND", message, { cause, details: { path } });
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may be a private key.
    throw new GenblazeError(
      "KEY_INVALID",
      `${path}: This is no key file, as it is not JSON. Make one with \`genblaze keygen\`.`,
    );
  }
}

async function naming<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!GenblazeError.isInstance(error)) throw error;
    throw new GenblazeError(error.code, `${path}: ${error.message}`, { cause: error, details: { path } });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
