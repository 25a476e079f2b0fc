import { GenblazeError } from "../errors/genblaze-error.js";
import { isSha256 } from "../manifest/is-sha256.js";
import { describeValue, quoteValue } from "../options/describe-value.js";

/** Where a store keeps things. */
export interface WorkflowKeys {
  version(name: string, id: string): string;
  /** What the keys of all versions of a workflow begin with. */
  versions(name: string): string;
  entry(name: string, label: string, number: number): string;
  /** What the keys of all entries of a label begin with. */
  entries(name: string, label: string): string;
}

/** More would have one more digit, and sort before the others. */
export const MAX_LABEL_NUMBER = 99_999_999;

// File systems hold names of 255 bytes.
const MAX_SEGMENT_BYTES = 240;

/** Keys below a prefix. INVALID_OPTION for a name, a label or an id that cannot be a part of a key. */
export function workflowKeys(prefix: string): WorkflowKeys {
  // Every part stands where it is, even a name that is the prefix.
  const root = prefix.split("/").filter((part) => part !== "");
  const below = (...parts: readonly string[]) => `${[...root, ...parts].join("/")}/`;
  const versions = (name: string) => below(toSegment(name), "versions");
  const entries = (name: string, label: string) => below(toSegment(name), "labels", checkLabel(label));
  return {
    versions,
    entries,
    version: (name, id) => `${versions(name)}${checkId(id)}.json`,
    entry: (name, label, number) => `${entries(name, label)}${String(number).padStart(8, "0")}.json`,
  };
}

/** What a key says behind the beginning that it shares with others; undefined for a key of another kind. */
export function nameInKey(key: string, beginning: string): string | undefined {
  return key.startsWith(beginning) && key.endsWith(".json") ? key.slice(beginning.length, -".json".length) : undefined;
}

/**
 * A name as one part of a key: what separates paths, steers, or is special to some file system is written as `%` and
 * hexadecimal digits; everything else stays readable.
 */
function toSegment(name: unknown): string {
  if (typeof name !== "string" || name === "" || !name.isWellFormed()) {
    throw wrong(`the name of a workflow is expected; ${describeValue(name)} was given`);
  }
  const segment = name
    .normalize("NFC")
    .replace(SPECIAL, escaped)
    .replace(/^[. ]|[. ]$/g, escaped);
  if (new TextEncoder().encode(segment).byteLength <= MAX_SEGMENT_BYTES) return segment;
  throw wrong(`a workflow's name has at most ${MAX_SEGMENT_BYTES} bytes as a part of a key; a longer one was given`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const SPECIAL = /[\u0000-\u001f\u007f%/\\:*?"<>|]/g;

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

/** Lower case only, so that two labels are two folders everywhere. */
function checkLabel(label: unknown): string {
  if (typeof label === "string" && /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/.test(label)) return label;
  const came = typeof label === "string" ? "another text" : describeValue(label);
  throw wrong(
    `a label has up to 64 of a-z, 0-9, ".", "_" and "-", and begins and ends with one of a-z and 0-9; ${came} was given`,
  );
}

function checkId(id: unknown): string {
  if (typeof id === "string" && isSha256(id)) return id;
  throw wrong(
    `the id of a version is 64 lower-case hexadecimal digits; ${quoteValue(id)} was given. Take the one of save(workflow), or of versions(name)`,
  );
}

function wrong(problem: string): GenblazeError {
  return new GenblazeError("INVALID_OPTION", `workflowStore(storage): ${problem}.`);
}
