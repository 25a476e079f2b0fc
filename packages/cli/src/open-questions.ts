import {
  type AnyPipeline,
  createRuntime,
  type Journal,
  type JsonObject,
  type JsonValue,
  type RunOptions,
} from "@genblaze/core";
import { folderCache } from "@genblaze/core/cache";
import { askPerson } from "./ask-person.js";
import { type ChoiceFiles, choiceFiles } from "./choice-files.js";
import { type CommandCall, screenOf } from "./command.js";
import { isJsonObject } from "./is-json-object.js";
import { openKeyboard } from "./keyboard.js";
import type { OpenQuestions } from "./next-call.js";
import { usageError } from "./output.js";
import { parseJson } from "./parse-json.js";

/** How a run gets its answers: from the call, from the person at the terminal, or from a later call. */
export interface Questions extends OpenQuestions {
  readonly questions: Map<string, JsonObject>;
  readonly options: Pick<RunOptions, "runtime" | "journal" | "onWaiting">;
  /** Whether a person is asked. */
  readonly isAsking: boolean;
  readonly files: ChoiceFiles;
  /** To be called when the run has ended. */
  readonly close: () => void;
}

/** Reads `--answers` and `--cache`; a person is asked where one sits at the terminal. */
export function openQuestions(pipeline: AnyPipeline, call: CommandCall, journal: Journal | undefined): Questions {
  const { cache, answers } = call.values;
  const base = { questions: new Map<string, JsonObject>(), answers: answersOf(parseJson("answers", answers)) };
  const own = pipeline.runtime;
  const runtime = own ?? createRuntime();
  const files = choiceFiles(typeof cache === "string" ? { ...runtime, cache: folderCache(cache) } : runtime, journal);
  const options = { runtime: files.runtime, ...(files.journal === undefined ? {} : { journal: files.journal }) };
  const { stdin } = call.terminal;
  const screen = screenOf(call);
  if (stdin?.isTTY !== true || screen.isTTY !== true) {
    return { ...base, files, options, isAsking: false, close: () => undefined };
  }
  const keyboard = openKeyboard(stdin);
  const onWaiting = askPerson(keyboard, screen, files.show);
  return { ...base, files, options: { ...options, onWaiting }, isAsking: true, close: keyboard.close };
}

function answersOf(given: JsonValue | undefined): JsonObject {
  if (given === undefined) return {};
  if (isJsonObject(given)) return given;
  throw usageError(`--answers must be an object by the names of steps, like '{"chosen":{"approved":true}}'.`);
}
