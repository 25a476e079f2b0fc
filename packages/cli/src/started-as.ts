import { basename } from "node:path";

/** What a process says of its start. */
type Start = Pick<NodeJS.Process, "execPath" | "execArgv" | "argv">;

/** The words that start this program again in the same way: its name, or Node with its options and the script. */
export function startedAs({ execPath, execArgv, argv }: Start): readonly string[] {
  const script = argv[1] ?? "";
  return basename(script).startsWith("genblaze") ? ["genblaze"] : [execPath, ...execArgv, script];
}
