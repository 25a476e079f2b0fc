import type { Manifest } from "../src/manifest/manifest.js";
import { parseManifest } from "../src/manifest/parse-manifest.js";
import type { Replay } from "../src/replay/replay.js";
import { readGoldenBytes } from "./support/golden.js";

/** A manifest that the Python library wrote. */
export function pythonManifest(name: string): Manifest {
  return parseManifest(readGoldenBytes(`manifests/valid/${name}.json`));
}

/** What a run recorded, without what differs between two equal runs and without its parents. */
export function hashWithoutParents(manifest: Manifest): string {
  const { parent_run_ids, ...metadata } = manifest.run.metadata;
  return manifest.withRun({ ...manifest.run, metadata }).canonicalHash;
}

/** A step of the rebuilt pipeline by its name. */
export function rebuiltStep({ pipeline }: Replay, name: string) {
  return pipeline.definition.steps.find(({ key }) => key === name);
}

/** A downloader for bytes that are known by their URL. */
export function servedFrom(files: Readonly<Record<string, Uint8Array>>) {
  const asked: string[] = [];
  const fetchInput = async (url: string) => {
    asked.push(url);
    const bytes = files[url];
    if (bytes === undefined) throw new Error(`nothing at ${url}`);
    return (async function* () {
      yield bytes;
    })();
  };
  return { asked, fetchInput };
}
