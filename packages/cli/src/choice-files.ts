import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Journal, JsonValue, Runtime } from "@genblaze/core";
import { guessExtension, memoryStorage, readAll, type Storage } from "@genblaze/core/storage";
import type { ShowChoices } from "./ask-person.js";
import { isJsonObject } from "./is-json-object.js";
import { showText } from "./show-text.js";

/** A runtime, or a journal, whose run's outputs can be looked at while it asks about them. */
export interface ChoiceFiles {
  readonly runtime: Runtime;
  readonly journal: Journal | undefined;
  readonly show: ShowChoices;
  /** Takes the files away. */
  remove(): Promise<void>;
}

/**
 * Files are made of the outputs that are asked about, in a folder of their own that only this user can read. They stay
 * unless they are taken away: whoever answers with a later call looks at them before.
 */
export function choiceFiles(runtime: Runtime, journal: Journal | undefined): ChoiceFiles {
  let spool: Storage | undefined;
  let folder: string | undefined;

  async function pathOf(name: string, mediaType: string, sha256: unknown): Promise<string | undefined> {
    // What a provider gave by URL only has no bytes here.
    if (spool === undefined || typeof sha256 !== "string") return undefined;
    const bytes = await spool.get(sha256).then(readAll, () => undefined);
    if (bytes === undefined) return undefined;
    folder ??= await mkdtemp(join(tmpdir(), "genblaze-"));
    const path = join(folder, `${name.replace(/\W+/g, "_")}${guessExtension("", mediaType)}`);
    await writeFile(path, bytes);
    return path;
  }

  return {
    runtime: {
      ...runtime,
      createSpoolStorage() {
        spool = runtime.createSpoolStorage?.() ?? memoryStorage();
        return spool;
      },
    },
    // What a journal keeps of a run has the bytes as well.
    journal: journal && {
      ...journal,
      async claim(runId) {
        const claim = await journal.claim(runId);
        spool = claim.spool;
        return claim;
      },
    },
    async show(step, { choices }) {
      if (!Array.isArray(choices)) return undefined;
      return Promise.all(
        choices.map(async (choice: JsonValue, index) => {
          const { step: source, mediaType, sha256 } = isJsonObject(choice) ? choice : {};
          const kind = typeof mediaType === "string" ? mediaType : "";
          const text = `${showText(kind)}${typeof source === "string" ? ` of "${showText(source)}"` : ""}`;
          return { text, path: await pathOf(`${step}-${index}`, kind, sha256) };
        }),
      );
    },
    async remove() {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
