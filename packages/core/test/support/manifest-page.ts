import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { build } from "esbuild";
import { chromium, type Page } from "playwright-core";

const core = resolve(import.meta.dirname, "../..");

/** A page that verifies manifests, as small as one can be that uses all of it. */
const PAGE = `
import { canonicalizeJson, hashJson, parseManifest, verifySignature } from "@genblaze/core/manifest";
globalThis.genblaze = { canonicalizeJson, hashJson, parseManifest, verifySignature };
`;

/** The page's script and the files that went into it. */
export interface Bundle {
  readonly code: string;
  /** Paths inside the package. */
  readonly files: readonly string[];
  /** Modules that were left outside. */
  readonly externals: readonly string[];
}

/** Bundles a script as a web project does, from the sources. */
export async function bundleForBrowser(contents: string = PAGE): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: core, sourcefile: "page.ts", loader: "ts" },
    absWorkingDir: core,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    conditions: ["@genblaze/source"],
    write: false,
    metafile: true,
  });
  const outputs = Object.values(metafile.outputs);
  return {
    code: outputFiles.map(({ text }) => text).join(""),
    files: Object.keys(metafile.inputs),
    externals: outputs.flatMap(({ imports }) => imports.map(({ path }) => path)),
  };
}

/** A page in Chromium with the script in it. Close it when done. */
export async function openPage(script: string): Promise<{ readonly page: Page; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const [type, body] =
      request.url === "/page.js"
        ? ["text/javascript", script]
        : ["text/html", '<meta charset="utf-8"><script type="module" src="/page.js"></script>'];
    response.setHeader("content-type", type).end(body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  // The server listens on a port, not on a path.
  const { port } = server.address() as AddressInfo;
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"];
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  return {
    page,
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}
