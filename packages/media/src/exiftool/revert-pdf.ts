import { copyFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { RunExiftool } from "./run-exiftool.js";
import type { WorkFile } from "./work-file.js";
import { change } from "./xmp-block.js";

/**
 * exiftool puts its changes behind a PDF and can take them back, which gives the bytes from before. That is done where
 * it leads to the same metadata as `remove`; else those changes were not ours alone, and `remove` it is.
 */
export async function revertPdf(run: RunExiftool, file: WorkFile, remove: () => Promise<void>): Promise<void> {
  const reverted: WorkFile = { ...file, path: join(file.folder, "reverted.pdf") };
  await copyFile(file.path, reverted.path);
  await remove();
  const isReverted = await change(run, reverted, "-PDF-update:all=").then(
    () => true,
    () => false,
  );
  if (isReverted && (await metadataOf(run, reverted)) === (await metadataOf(run, file))) {
    await rename(reverted.path, file.path);
  }
}

/** All metadata but what is of the file itself, such as its name and its size. */
async function metadataOf(run: RunExiftool, file: WorkFile): Promise<string> {
  const { printed } = await run(["-X", "-a", "-u", "-b", "--File:all", "--System:all", "--ExifTool:all", file.path]);
  return printed.replaceAll(file.path, "");
}
