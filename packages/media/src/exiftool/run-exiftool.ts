import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { GenblazeError } from "@genblaze/core";
import type { ExifTool, ExifToolTask } from "exiftool-vendored";
import { exiftoolCommand, watchedCommand } from "./exiftool-command.js";

/** What exiftool printed, and its first error. */
export interface ExiftoolAnswer {
  readonly printed: string;
  readonly problem?: string | undefined;
}

/** Has exiftool do one piece of work. MEDIA_UNSUPPORTED when it cannot be started or does not come to an end. */
export type RunExiftool = (argumentList: readonly string[]) => Promise<ExiftoolAnswer>;

export interface ExiftoolOptions {
  /** The Perl to run it with. @default the one in PATH */
  readonly perl?: string;
}

type Library = typeof import("exiftool-vendored");
interface RunningTool {
  readonly library: Library;
  readonly exiftool: ExifTool;
}

/** A slow disk and a large file take seconds; a file on which it takes longer is made to keep us busy. */
const TASK_TIMEOUT_MS = 60_000;
/** Then the process ends; the next file starts another, which takes a tenth of a second. */
const IDLE_MS = 10_000;

/**
 * The exiftool of this process. State of a module, against the rule: a second Perl process per caller would be the
 * price of passing it around. It starts with the first file, ends when idle, and keeps no script from ending.
 */
export const runExiftool: RunExiftool = createExiftool();

/** An exiftool that starts when it is first needed. */
export function createExiftool({ perl = "perl" }: ExiftoolOptions = {}): RunExiftool {
  let starting: Promise<RunningTool> | undefined;

  async function tool(): Promise<RunningTool> {
    const current = starting ?? startExiftool(perl);
    starting = current;
    // After a failure or too many of them the next file tries again, unless another one does so already.
    const forget = () => {
      if (starting === current) starting = undefined;
    };
    const running = await current.catch((cause: unknown) => {
      forget();
      throw cannotStart(cause);
    });
    if (!running.exiftool.ended) return running;
    forget();
    return tool();
  }

  return async (argumentList) => {
    const { library, exiftool } = await tool();
    try {
      return await exiftool.enqueueTask(() => createTask(library, argumentList), false);
    } catch (cause) {
      throw didNotFinish(cause);
    }
  };
}

/** The first run tells whether there is a Perl that can do it: the library would not survive that there is none. */
async function startExiftool(perl: string): Promise<RunningTool> {
  const library = await import("exiftool-vendored");
  const path = await library.exiftoolPath();
  const environment = { PATH: process.env.PATH ?? "", LANG: "C" };
  const probe = exiftoolCommand(path, perl, ["-ver"]);
  const execute = promisify(execFile);
  await execute(probe.program, [...probe.argumentList], { env: environment, timeout: TASK_TIMEOUT_MS });
  const { program, argumentList } = watchedCommand(exiftoolCommand(path, perl, ["-stay_open", "True", "-@", "-"]));
  const exiftool = new library.ExifTool({
    maxProcs: 1,
    taskRetries: 0,
    taskTimeoutMillis: TASK_TIMEOUT_MS,
    maxIdleMsPerProcess: IDLE_MS,
    checkPerl: false,
    processFactory: async () => {
      const child = spawn(program, [...argumentList], { stdio: "pipe", env: environment });
      await once(child, "spawn");
      return child;
    },
  });
  return { library, exiftool };
}

/** A class of one's own is the way in which the library runs any arguments. */
function createTask(library: Library, argumentList: readonly string[]): ExifToolTask<ExiftoolAnswer> {
  class Work extends library.ExifToolTask<ExiftoolAnswer> {
    protected parse(printed: string, error?: Error): ExiftoolAnswer {
      return { printed, problem: error?.message };
    }
  }
  return new Work(["-charset", "filename=utf8", ...argumentList]);
}

function cannotStart(cause: unknown): GenblazeError {
  const message = "This kind of media needs exiftool, which cannot be started: it needs Perl.";
  return new GenblazeError("MEDIA_UNSUPPORTED", `${message} Install Perl, or put the manifest into a sidecar.`, {
    cause,
  });
}

function didNotFinish(cause: unknown): GenblazeError {
  const message = "exiftool did not come to an end with this file. Put its manifest into a sidecar.";
  return new GenblazeError("MEDIA_UNSUPPORTED", message, { cause });
}
