import { GenblazeError } from "../errors/genblaze-error.js";

const longestKeyBytes = 1024; // the limit of S3, so that a key that works here works there

/** STORAGE_KEY_INVALID for a key that is empty, too long, or would leave its place. */
export function assertKey(key: string): void {
  const problem = findProblem(key);
  if (problem === undefined) return;
  throw new GenblazeError(
    "STORAGE_KEY_INVALID",
    `A storage key must be a relative path like "runs/a/b.png"; ${JSON.stringify(key.slice(0, 100))} ${problem}.`,
  );
}

function findProblem(key: string): string | undefined {
  if (key === "") return "is empty";
  if (new TextEncoder().encode(key).byteLength > longestKeyBytes) return `is longer than ${longestKeyBytes} bytes`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
  if (/[\u0000-\u001f\u007f\\]/.test(key)) return "has a control character or a backslash";
  const segments = key.split("/");
  if (segments.includes("")) return "has an empty segment";
  if (segments.includes("..") || segments.includes(".")) return 'has a "." or ".." segment';
  return undefined;
}
