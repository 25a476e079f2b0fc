import { GenblazeError } from "../errors/genblaze-error.js";
import { linesOf } from "../internal/lines-of.js";
import type { JsonObject } from "../json/json-value.js";
import { assertLedgerKey, MAX_KEY_LENGTH } from "./ledger.js";

/** The first line of every ledger file, so that no other file is ever taken for one and written into. */
export const LEDGER_HEADER = '{"genblaze":"ledger","version":1}';
/** A key escaped to six bytes a unit fits with some facts; longer lines were not written here. */
const MAX_LINE_BYTES = 16 * MAX_KEY_LENGTH;
/** Some millions of entries, which are all held in memory. */
const MAX_LEDGER_BYTES = 1024 ** 3;

/** One entry of a ledger file. */
export interface LedgerLine {
  readonly key: string;
  readonly facts: JsonObject;
}

/** What stands in a ledger file. */
export interface LedgerText {
  readonly entries: Map<string, JsonObject>;
  /** Bytes up to the end of the last whole line; what is behind was torn by a crash. */
  readonly wholeBytes: number;
}

/** One entry as a line. INVALID_OPTION for one that is too large. */
export function writeLedgerLine(line: LedgerLine): string {
  assertLedgerKey(line.key);
  const text = `${JSON.stringify(line)}\n`;
  if (Buffer.byteLength(text) <= MAX_LINE_BYTES) return text;
  const message = `An entry of a ledger has at most ${MAX_LINE_BYTES} bytes; its facts are larger. Shorten the item's key.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

/**
 * Reads a ledger file as it streams. A last line without its end was torn by a crash and is left out; anything else
 * that is no line of a ledger is refused, since skipping it would do and pay for its item again. INVALID_JSON.
 */
export async function readLedger(chunks: AsyncIterable<Uint8Array>): Promise<LedgerText> {
  const entries = new Map<string, JsonObject>();
  let wholeBytes = 0;
  let number = 0;
  let rest: Uint8Array = new Uint8Array();
  for await (const { bytes, offset, end } of linesOf(chunks, MAX_LINE_BYTES)) {
    const sizeBytes = offset + bytes.byteLength;
    if (sizeBytes > MAX_LEDGER_BYTES) throw damaged(number + 1, `the file has more than ${MAX_LEDGER_BYTES} bytes`);
    if (end === "too-long") throw damaged(number + 1, "it is too long");
    if (end === "torn") {
      rest = bytes;
      continue;
    }
    number += 1;
    readLine(bytes, number, entries);
    wholeBytes = sizeBytes + 1;
  }
  if (number === 0 && !isTornHeader(rest)) throw damaged(1, "it is not the first line of a ledger");
  return { entries, wholeBytes };
}

function readLine(bytes: Uint8Array, number: number, entries: Map<string, JsonObject>): void {
  const text = Buffer.from(bytes).toString("utf8");
  if (number === 1) {
    if (text !== LEDGER_HEADER) throw damaged(1, "it is not the first line of a ledger");
    return;
  }
  const { key, facts } = parseLine(text, number);
  entries.set(key, facts);
}

function parseLine(text: string, number: number): LedgerLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(number, "it is not JSON", cause);
  }
  const [key, facts] = isObject(value) ? [value.key, value.facts] : [];
  if (typeof key !== "string" || key === "" || !isObject(facts)) throw damaged(number, "it has no key and facts");
  // JSON.parse gives nothing but JSON values.
  return { key, facts: facts as JsonObject };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a file without a whole line is empty, or one whose very first write was torn. */
function isTornHeader(bytes: Uint8Array): boolean {
  return LEDGER_HEADER.startsWith(Buffer.from(bytes).toString("utf8"));
}

function damaged(line: number, why: string, cause?: unknown): GenblazeError {
  const message = `Line ${line} of the ledger cannot be read: ${why}. Give the path of a ledger, or take the line out; its item is then done again.`;
  return new GenblazeError("INVALID_JSON", message, { cause, details: { line } });
}
