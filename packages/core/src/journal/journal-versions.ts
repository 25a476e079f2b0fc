import type { JsonObject } from "../json/json-value.js";

/** The version that is written. */
export const CURRENT_VERSION = 1;

/** How lines of a version are read. */
export interface JournalVersion {
  /** Whether a line ends in a checksum of what is before it. */
  readonly isChecked: boolean;
  /** Makes a line behind the header one of the next version. */
  readonly toNext: (line: JsonObject) => JsonObject;
}

/**
 * What is read, by version. No release wrote version 0, whose lines have neither writers nor checksums: it is here so
 * that the way up from an older version is there and tested before it is needed.
 */
export const migrations: ReadonlyMap<number, JournalVersion> = new Map([
  [0, { isChecked: false, toNext: (line) => ({ token: 0, ...line }) }],
  [CURRENT_VERSION, { isChecked: true, toNext: (line) => line }],
]);

/** A line of an older version as one of the current. */
export function migrateLine(line: JsonObject, version: number): JsonObject {
  let current = line;
  for (let step = version; step < CURRENT_VERSION; step++) current = migrations.get(step)?.toNext(current) ?? current;
  return current;
}
