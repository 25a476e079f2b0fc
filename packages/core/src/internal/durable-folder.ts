import { mkdir, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { systemErrorCode } from "./system-error-code.js";

/** Systems that have no such thing answer so: Windows cannot open a folder, some file systems cannot flush one. */
const unsupported: ReadonlySet<string | undefined> = new Set(["EISDIR", "EPERM", "EINVAL", "ENOTSUP"]);

/** Makes sure that the names in a folder survive a loss of power: those of files that were made or renamed there. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const handle = await open(path, "r");
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!unsupported.has(systemErrorCode(error))) throw error;
  }
}

/** Makes a folder and those above it, so that they survive a loss of power. @default mode 0777 without the umask */
export async function makeDurableFolder(path: string, mode?: number): Promise<void> {
  const first = await mkdir(path, { recursive: true, ...(mode === undefined ? {} : { mode }) });
  if (first === undefined) return;
  const above = dirname(resolve(first));
  for (let made = resolve(path); made !== above && made !== dirname(made); made = dirname(made)) {
    await syncFolder(dirname(made));
  }
}
