import type { ByteSource, MediaHandler } from "@genblaze/core";
import { describe, expect, it } from "vitest";
import { mediaHandlers } from "../src/index.js";

// Far more than any memory: whoever reads in proportion to the file does not come back from this.
const sizeBytes = 3_000_000_000;
const payload = new TextEncoder().encode('{"schema_version":"1.5"}');

/** A file that is its head and then zeros, and counts what is read of it. */
function zerosBehind(head: Uint8Array): ByteSource & { bytesRead: number } {
  return {
    sizeBytes,
    bytesRead: 0,
    async read(offset, length) {
      this.bytesRead += length;
      if (offset + length > sizeBytes) throw new RangeError("read past the end");
      const bytes = new Uint8Array(length);
      if (offset < head.length) bytes.set(head.subarray(offset, offset + length));
      return bytes;
    },
  };
}

function mp4Head(): Uint8Array {
  const head = Buffer.alloc(32);
  head.writeUInt32BE(24, 0);
  head.write("ftypisom", 4, "latin1");
  head.writeUInt32BE(sizeBytes - 24, 24);
  head.write("mdat", 28, "latin1");
  return head;
}

function wavHead(): Uint8Array {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(sizeBytes - 8, 4);
  head.write("WAVEfmt ", 8, "latin1");
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(8_000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36, "latin1");
  head.writeUInt32LE(sizeBytes - 44, 40);
  return head;
}

function handlerOf(name: string): MediaHandler {
  const handler = mediaHandlers.find((each) => each.name === name);
  if (handler === undefined) throw new Error(`There is no handler ${name}.`);
  return handler;
}

describe("memory does not grow with the file", () => {
  it.each([
    ["mp4", mp4Head()],
    ["wav", wavHead()],
  ] as const)("%s: of 3 GB, each operation reads and makes a few kilobytes", async (name, head) => {
    const handler = handlerOf(name);
    const source = zerosBehind(head);
    expect(await handler.extract(source)).toBeUndefined();
    const pieces = [...(await handler.embed(source, payload)), ...(await handler.strip(source))];
    const made = pieces.reduce((sum, piece) => sum + (piece.kind === "bytes" ? piece.bytes.length : 0), 0);
    expect(source.bytesRead).toBeLessThan(8_192);
    expect(made).toBeLessThan(8_192);
  });
});
