/** A program and its arguments. */
export interface Command {
  readonly program: string;
  readonly argumentList: readonly string[];
}

/**
 * Becomes exiftool, and leaves behind a child that ends it when the process that started it is gone: exiftool waits
 * for more work even then, and a process that is killed cannot clean up. The child holds none of the pipes.
 */
const WATCHED = [
  "my ($node, $tool) = (getppid, $$);",
  "unless (fork) {",
  "  close $_ for *STDIN, *STDOUT, *STDERR;",
  "  sleep 2 while getppid == $tool && kill 0, $node;",
  "  kill 'TERM', $tool if getppid == $tool;",
  "  exit;",
  "}",
  "exec $^X, @ARGV; die $!;",
].join(" ");

/** No configuration of the user, and so no Perl code from home or from the working folder, is read: it comes first. */
const NO_CONFIGURATION = ["-config", ""] as const;

/** How exiftool at `path` is run: by Perl, except on Windows, where it brings its own. */
export function exiftoolCommand(path: string, perl: string, argumentList: readonly string[]): Command {
  const all = [...NO_CONFIGURATION, ...argumentList];
  if (path.endsWith(".exe")) return { program: path, argumentList: all };
  return { program: perl, argumentList: [path, ...all] };
}

/** The same for a process that stays and that must not outlive this one. */
export function watchedCommand({ program, argumentList }: Command): Command {
  if (program.endsWith(".exe")) return { program, argumentList };
  return { program, argumentList: ["-e", WATCHED, ...argumentList] };
}
