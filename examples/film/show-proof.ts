import { readFile, writeFile } from "node:fs/promises";
import { verifyFile } from "genblaze";
import type { SavedFilm } from "./save-film.js";

/** Verifies every file and prints its asset hash; true when all of them match. */
export async function showProof({ files }: SavedFilm): Promise<boolean> {
  let isProven = true;
  for (const file of files) {
    const { ok, bytes } = await verifyFile(file);
    console.log(`${ok ? "verified" : "NOT VERIFIED"}  ${bytes.sha256}  ${file}`);
    isProven &&= ok;
  }
  return isProven;
}

/** Changes one byte in a copy of the film and prints what verification says of it; true when it noticed. */
export async function showTampering(film: string): Promise<boolean> {
  const copy = film.replace(/\.mp4$/, ".tampered.mp4");
  const bytes = await readFile(film);
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  await writeFile(copy, bytes);
  const { ok, manifestHash, bytes: check } = await verifyFile(copy);
  console.log(`\none byte changed in a copy (${copy}):`);
  console.log(`  manifest hash ${manifestHash.verdict}\n  these bytes ${check.verdict}: ${check.reason}`);
  return !ok && check.verdict === "differs";
}
