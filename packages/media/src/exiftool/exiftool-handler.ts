import { readFile } from "node:fs/promises";
import { type ByteSource, GenblazeError, type MediaHandler, type Piece } from "@genblaze/core";
import { sniffMediaType } from "../sniff/sniff-media-type.js";
import { throwIfAborted } from "../throw-if-aborted.js";
import { EXIFTOOL_TYPES } from "./exiftool-types.js";
import { revertPdf } from "./revert-pdf.js";
import { type RunExiftool, runExiftool } from "./run-exiftool.js";
import { type WorkFile, withWorkFile } from "./work-file.js";
import { readXmpBlock, writeXmpBlock } from "./xmp-block.js";
import { addManifest, manifestInPacket, removeManifest } from "./xmp-manifest.js";

export interface ExiftoolHandlerOptions {
  /** Ends the work between two steps of exiftool. */
  readonly signal?: AbortSignal | undefined;
  /** @default the one exiftool of this process */
  readonly run?: RunExiftool;
}

/** Not in the list of handlers, as the law does not hold for it: see {@link createExiftoolHandler}. */
const NAME = "exiftool";

/**
 * GIF, TIFF, PDF, JPEG 2000, JPEG XL and old QuickTime, through exiftool: the manifest is the XMP property mf:manifest.
 * All other metadata stays. Unlike every other handler, stripping is not sure to give the bytes from before (it does
 * for GIF, JPEG 2000, JPEG XL and most PDF), so bytes that do not match prove nothing.
 */
export function createExiftoolHandler({ signal, run = runExiftool }: ExiftoolHandlerOptions = {}): MediaHandler {
  const runUnlessAborted: RunExiftool = async (argumentList) => {
    throwIfAborted(signal);
    const answer = await run(argumentList);
    throwIfAborted(signal);
    return answer;
  };
  return {
    name: NAME,
    mediaTypes: [...EXIFTOOL_TYPES.keys()],
    extensions: [...EXIFTOOL_TYPES.values()],
    matches: (head) => EXIFTOOL_TYPES.has(sniffMediaType(head) ?? ""),
    extract: (source) =>
      withWorkFile(source, async (file) => manifestInPacket(await readXmpBlock(runUnlessAborted, file))),
    strip: (source) => withWorkFile(source, (file) => strip(runUnlessAborted, source, file)),
    embed: (source, payload) => withWorkFile(source, (file) => embed(runUnlessAborted, file, payload)),
  };
}

/** Whether a handler is one whose stripping is not sure to be exact. */
export function isExiftoolHandler(handler: MediaHandler | undefined): boolean {
  return handler?.name === NAME;
}

async function strip(run: RunExiftool, source: ByteSource, file: WorkFile): Promise<readonly Piece[]> {
  return (await takeOut(run, file)) ? bytesOf(file) : [{ kind: "copy", start: 0, end: source.sizeBytes }];
}

async function embed(run: RunExiftool, file: WorkFile, payload: Uint8Array): Promise<readonly Piece[]> {
  await takeOut(run, file);
  await writeXmpBlock(run, file, await addManifest(await readXmpBlock(run, file), payload));
  const found = await manifestInPacket(await readXmpBlock(run, file));
  if (found !== undefined && Buffer.compare(found, payload) === 0) return bytesOf(file);
  const message = "exiftool does not find the manifest that it put into this file. Put it into a sidecar.";
  throw new GenblazeError("MEDIA_UNSUPPORTED", message);
}

/** Takes the manifest out of a file; false when there is none. */
async function takeOut(run: RunExiftool, file: WorkFile): Promise<boolean> {
  const packet = await readXmpBlock(run, file);
  if (packet === undefined || (await manifestInPacket(packet)) === undefined) return false;
  const remove = async () => writeXmpBlock(run, file, await removeManifest(packet));
  await (file.mediaType === "application/pdf" ? revertPdf(run, file, remove) : remove());
  if ((await manifestInPacket(await readXmpBlock(run, file))) === undefined) return true;
  const message = "exiftool cannot take the manifest out of this file: another copy is in it.";
  throw new GenblazeError("MEDIA_UNSUPPORTED", `${message} Take it out with the tool that put it there.`);
}

async function bytesOf({ path }: WorkFile): Promise<readonly Piece[]> {
  return [{ kind: "bytes", bytes: new Uint8Array(await readFile(path)) }];
}
