import { GenblazeError } from "@genblaze/core";
import { describe, expect, it } from "vitest";
import { createMemorySource } from "../src/binary/memory-source.js";
import { createExiftoolHandler } from "../src/exiftool/exiftool-handler.js";
import { createExiftool, type RunExiftool } from "../src/exiftool/run-exiftool.js";
import { addManifest, manifestInPacket, removeManifest } from "../src/exiftool/xmp-manifest.js";
import { findHandler } from "../src/find-handler.js";
import { gif, pdf } from "./exiftool-samples.js";
import { goldenBytes } from "./golden-rows.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const words = (content: Uint8Array | undefined) => content && new TextDecoder().decode(content);
const payload = bytes('{"title":"<é & ü>"}');
const packetOf = (...descriptions: readonly string[]) =>
  `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">` +
  `<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${descriptions.join("")}</r:RDF></x:xmpmeta>` +
  `<?xpacket end="w"?>`;
const usual = (...descriptions: readonly string[]) => packetOf(...descriptions).replaceAll("r:RDF", "rdf:RDF");
const title = '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:title="Sea"/>';
const ours =
  '<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"' +
  ' xmlns:mf="https://github.com/backblaze-labs/genblaze/ns/1.0/" rdf:about="">' +
  '<mf:manifest>{"title":"&lt;é &amp; ü&gt;"}</mf:manifest></rdf:Description>';

describe("a manifest in a foreign XMP packet", () => {
  it("stands in a description of its own at the end, and goes again without a trace", async () => {
    const before = usual(title);
    const after = await addManifest(bytes(before), payload);
    expect(words(after)).toBe(usual(title, ours));
    expect(words(await manifestInPacket(after))).toBe(words(payload));
    expect(words(await removeManifest(after))).toBe(before);
  });

  it("is a packet of its own where there is none, and leaves none", async () => {
    const packet = await addManifest(undefined, payload);
    expect(words(await manifestInPacket(packet))).toBe(words(payload));
    expect(await removeManifest(packet)).toBeUndefined();
  });

  it("goes out of a packet that another tool wrote anew, and leaves blanks", async () => {
    const rewritten = (element: string) => usual(`<rdf:Description rdf:about=''>${element}</rdf:Description>`);
    const element = "<mf:manifest>{}</mf:manifest>";
    expect(words(await removeManifest(bytes(rewritten(element))))).toBe(rewritten(" ".repeat(element.length)));
    const changed = usual(ours.replace("</mf:manifest>", "</mf:manifest><mf:note/>"));
    expect(await manifestInPacket(await removeManifest(bytes(changed)))).toBeUndefined();
  });

  it.each([
    ["with another prefix for RDF", bytes(packetOf())],
    ["in UTF-16", Uint8Array.from(Buffer.from(usual(title), "utf16le"))],
    ["without a trailer", bytes(usual(title).replace(/<\?xpacket end.*/, ""))],
  ])("is not put into a packet %s, where nobody would find it", async (_, packet) => {
    expect(await codeOf(addManifest(packet, payload))).toBe("MEDIA_UNSUPPORTED");
  });
});

describe("the handler that uses exiftool", () => {
  const missing = createExiftoolHandler({ run: createExiftool({ perl: "/nowhere/perl" }) });

  it.each([
    ["a GIF", gif, "exiftool"],
    ["a PDF", pdf, "exiftool"],
    ["a PNG", goldenBytes("orig/png-rgb.png"), "png"],
    ["a MOV", goldenBytes("orig/mov-as-mp4.mov"), "mp4"],
  ])("is taken for %s as its bytes say", async (_, media, name) => {
    expect((await findHandler(createMemorySource(media), { path: "a.pdf" }))?.name).toBe(name);
  });

  it("is not taken for what is only named so", async () => {
    const named = { path: "a.gif", mediaType: "image/gif" };
    expect(await findHandler(createMemorySource(bytes("text")), named)).toBeUndefined();
  });

  it.each(["extract", "strip", "embed"] as const)("says that Perl is missing (%s)", async (name) => {
    const error = await errorOf(missing[name](createMemorySource(gif), payload));
    expect([error.code, error.message]).toEqual([
      "MEDIA_UNSUPPORTED",
      "This kind of media needs exiftool, which cannot be started: it needs Perl. " +
        "Install Perl, or put the manifest into a sidecar.",
    ]);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("reads no file above 256 MiB", async () => {
    const source = { ...createMemorySource(gif), sizeBytes: 256 * 1024 * 1024 + 1 };
    expect(await codeOf(missing.embed(source, payload))).toBe("MEDIA_TOO_LARGE");
  });

  it("ends between two steps when its signal is aborted", async () => {
    const controller = new AbortController();
    const asked: (readonly string[])[] = [];
    const run: RunExiftool = async (argumentList) => {
      asked.push(argumentList);
      controller.abort();
      return { printed: "" };
    };
    const handler = createExiftoolHandler({ run, signal: controller.signal });
    expect(await codeOf(handler.embed(createMemorySource(gif), payload))).toBe("CANCELLED");
    expect(asked).toHaveLength(1);
    expect(await codeOf(handler.extract(createMemorySource(gif)))).toBe("CANCELLED");
    expect(asked).toHaveLength(1);
  });

  it("repeats what exiftool says, short and without the path of its copy", async () => {
    const run: RunExiftool = async (argumentList) => ({
      printed: "",
      problem: `Not a valid GIF${"!".repeat(1000)} - ${argumentList.at(-1)}`,
    });
    const error = await errorOf(createExiftoolHandler({ run }).strip(createMemorySource(gif)));
    expect(error.code).toBe("MEDIA_MALFORMED");
    expect(error.message).toBe(
      `exiftool cannot read this file: Not a valid GIF${"!".repeat(185)}. Get the file again from where it came.`,
    );
  });
});

async function errorOf(work: Promise<unknown>): Promise<GenblazeError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!GenblazeError.isInstance(thrown)) throw new Error("expected a GenblazeError", { cause: thrown });
  return thrown;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return (await errorOf(work)).code;
}
