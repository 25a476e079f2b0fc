/**
 * Makes a function that writes lines in the order they come: those that come while others are on their way share the
 * next call of `commit`. After one failed, what it wrote may end in half a line: nothing is written any more, and every
 * later line rejects as that one did.
 */
export function groupCommit(commit: (lines: string) => Promise<void>): (line: string) => Promise<void> {
  let waiting: string[] = [];
  let next: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();

  function commitWaiting(): Promise<void> {
    const lines = waiting;
    waiting = [];
    next = undefined;
    return commit(lines.join(""));
  }

  return (line) => {
    waiting.push(line);
    if (next === undefined) {
      next = last.then(commitWaiting);
      last = next;
      // Whoever gave a line of it has the promise too.
      last.catch(() => undefined);
    }
    return next;
  };
}
