import { open } from "node:fs/promises";
import { GenblazeError } from "@genblaze/core";

/** The bytes of a file of at most `maxBytes`; devices and larger files are refused unread. FILE_NOT_FOUND, MANIFEST_INVALID. */
export async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  const file = await open(path).catch((error: unknown) => {
    throw new GenblazeError("FILE_NOT_FOUND", `There is no readable manifest at ${path}.`, { cause: error });
  });
  try {
    const facts = await file.stat();
    if (!facts.isFile() || facts.size > maxBytes) {
      const message = `${path} is no manifest: a file of at most ${maxBytes} bytes is expected.`;
      throw new GenblazeError("MANIFEST_INVALID", message, { details: { path, maxBytes } });
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}
