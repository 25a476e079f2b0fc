/**
 * A process that dies at a chosen operation on files, for in-place.test.ts. Arguments: "write" or "recover", the
 * file, how many first bytes to keep, the new end, the number of the operation, and whether it is done by half first.
 * When it does not die, it says which operations there were, one a line.
 */
import { constants, promises } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename } from "node:path";

const [mode, path = "", kept, end = "", last, half] = process.argv.slice(2);
const operations: string[] = [];
const names = new WeakMap<object, string>();

/** Notes an operation, or dies in its place. */
async function operate<Value>(
  name: string,
  work: () => Promise<Value>,
  byHalf?: () => Promise<unknown>,
): Promise<Value> {
  if (operations.length === Number(last)) {
    if (half === "half") await byHalf?.();
    process.kill(process.pid, "SIGKILL");
  }
  operations.push(name);
  return work();
}

const probe = await promises.open(process.execPath, constants.O_RDONLY);
const handles = Object.getPrototypeOf(probe);
await probe.close();
const { write, sync, truncate } = handles;
const { open, rm } = promises;

handles.write = function (this: object, bytes: Uint8Array, offset: number, length: number, position: number) {
  const part = (count: number) => write.call(this, bytes, offset, count, position);
  return operate(
    `write ${names.get(this)}`,
    () => part(length),
    () => part(length >> 1),
  );
};
handles.sync = function (this: object) {
  return operate(`sync ${names.get(this)}`, () => sync.call(this));
};
handles.truncate = function (this: object, length: number) {
  return operate(`truncate ${names.get(this)}`, () => truncate.call(this, length));
};
promises.open = async (...request: Parameters<typeof open>) => {
  const [opened, flags] = request;
  const name = flags === "r" ? "folder" : basename(String(opened));
  const handle = flags === "wx" ? await operate(`create ${name}`, () => open(...request)) : await open(...request);
  names.set(handle, name);
  return handle;
};
promises.rm = (...request: Parameters<typeof rm>) =>
  operate(`remove ${basename(String(request[0]))}`, () => rm(...request));
syncBuiltinESMExports();

// Only now, so that the module binds to the operations above.
if (mode === "recover") {
  const { recoverInPlace } = await import("../src/in-place/recover-in-place.js");
  await recoverInPlace(path);
} else {
  const { writeInPlace } = await import("../src/in-place/write-in-place.js");
  const added = { kind: "bytes" as const, bytes: Uint8Array.from(Buffer.from(end)) };
  const { size } = await promises.stat(path);
  await writeInPlace(path, [{ kind: "copy", start: 0, end: Number(kept) }, ...(end === "" ? [] : [added])], size);
}
process.stdout.write(operations.join("\n"));
