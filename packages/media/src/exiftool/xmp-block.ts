import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GenblazeError } from "@genblaze/core";
import { malformedMedia } from "../malformed-media.js";
import type { ExiftoolAnswer, RunExiftool } from "./run-exiftool.js";
import type { WorkFile } from "./work-file.js";

/** A manifest of 16 MiB and as much foreign XMP. */
const MAX_BLOCK_BYTES = 32 * 1024 * 1024;
const UPDATED = /\b1 image files updated\b/;
/** Sentences of exiftool are short; what it quotes of a file need not be. */
const MAX_PROBLEM_LENGTH = 200;

/** The XMP packet of a file, byte for byte; undefined when it has none. */
export async function readXmpBlock(run: RunExiftool, file: WorkFile): Promise<Uint8Array | undefined> {
  const target = join(file.folder, "read.xmp");
  const answer = await run(["-b", "-XMP", "-W!", withoutCodes(target), file.path]);
  if (answer.problem !== undefined) throw malformedMedia(`exiftool cannot read this file: ${said(answer, file)}.`);
  if (!answer.printed.includes("1 output files created")) return undefined;
  const { size } = await stat(target);
  if (size > MAX_BLOCK_BYTES) throw blockTooLarge(size);
  return new Uint8Array(await readFile(target));
}

/** Gives a file this XMP packet, byte for byte, in place of the one it has; `undefined` takes that away. */
export async function writeXmpBlock(run: RunExiftool, file: WorkFile, block: Uint8Array | undefined): Promise<void> {
  const origin = join(file.folder, "write.xmp");
  if (block !== undefined) await writeFile(origin, block);
  await change(run, file, block === undefined ? "-XMP:all=" : `-XMP<=${withoutCodes(origin)}`);
}

/** Has exiftool change a file by one assignment. MEDIA_UNSUPPORTED with its words when it cannot. */
export async function change(run: RunExiftool, file: WorkFile, assignment: string): Promise<void> {
  const answer = await run(["-overwrite_original", assignment, file.path]);
  if (answer.problem === undefined && UPDATED.test(answer.printed)) return;
  const message = `exiftool cannot change this file: ${said(answer, file)}. Put its manifest into a sidecar.`;
  throw new GenblazeError("MEDIA_UNSUPPORTED", message);
}

/** In such file names exiftool reads a percent sign as the beginning of a code. */
function withoutCodes(path: string): string {
  return path.replaceAll("%", "%%");
}

/** What exiftool said, without the path of the copy. */
function said({ problem, printed }: ExiftoolAnswer, file: WorkFile): string {
  const text = (problem ?? printed).replaceAll(` - ${file.path}`, "").replaceAll(/\s+/g, " ").trim();
  return text.slice(0, MAX_PROBLEM_LENGTH).replace(/\.$/, "");
}

function blockTooLarge(sizeBytes: number): GenblazeError {
  const message = `The XMP of this file has ${sizeBytes} bytes, the limit is ${MAX_BLOCK_BYTES}.`;
  return new GenblazeError("MEDIA_TOO_LARGE", `${message} Put its manifest into a sidecar.`, {
    details: { sizeBytes, limitBytes: MAX_BLOCK_BYTES },
  });
}
