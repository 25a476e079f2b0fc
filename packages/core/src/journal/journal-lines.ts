import { crc32 } from "node:zlib";
import type { JsonObject } from "../json/json-value.js";
import type { Transition } from "../run/transitions.js";
import type { JournalEntry } from "./journal.js";
import { CURRENT_VERSION, migrateLine, migrations } from "./journal-versions.js";

/** Larger entries are kept in a file of their own, so that a reader need never hold more than this of a line. */
export const MAX_LINE_BYTES = 65_536;

/** What a line behind the header says; `token` is that of its writer. */
export type JournalLine =
  /** From here on, lines of writers with a lower token do not count. */
  | { readonly kind: "claim"; readonly token: number }
  | {
      readonly kind: "entry";
      readonly token: number;
      readonly sequence: number;
      readonly at: number;
      readonly content: EntryContent;
    };

/** What an entry holds, or where that is. */
export type EntryContent =
  | { readonly kind: "inline"; readonly transition: Transition }
  | { readonly kind: "blob"; readonly sha256: string; readonly sizeBytes: number };

/** The first line of a journal. */
export interface JournalHeader {
  readonly version: number;
  readonly runId: string;
}

const HEADER_START = '{"genblaze":"journal","version":';
/** The end of every line: the CRC-32 of the bytes before it. */
const CHECKSUM = /^,"crc32":"([0-9a-f]{8})"\}$/;
const CHECKSUM_BYTES = ',"crc32":"00000000"}'.length;

/** The header as a line. */
export function writeHeader(runId: string): string {
  return checked({ genblaze: "journal", version: CURRENT_VERSION, run_id: runId });
}

/** A line that takes the right to write from all writers before. */
export function writeClaim(token: number): string {
  return checked({ token, claim: true });
}

/** An entry as a line; `content` is the transition, or what stands for it. */
export function writeEntry(
  token: number,
  { sequence, at }: Pick<JournalEntry, "sequence" | "at">,
  content: EntryContent,
): string {
  const place = { token, sequence, at };
  if (content.kind === "inline") return checked({ ...place, transition: content.transition });
  return checked({ ...place, blob: { sha256: content.sha256, size_bytes: content.sizeBytes } });
}

function checked(line: object): string {
  const body = JSON.stringify(line).slice(0, -1);
  return `${body},"crc32":"${crc32(body).toString(16).padStart(8, "0")}"}\n`;
}

/** The header of a journal; `foreign` for a line that is none, `damaged` for one that was. */
export function readHeader(bytes: Uint8Array): JournalHeader | "foreign" | "damaged" {
  if (!textOf(bytes.subarray(0, HEADER_START.length)).startsWith(HEADER_START)) return "foreign";
  const line = parseObject(bytes);
  const [version, runId] = [line?.version, line?.run_id];
  if (!isCount(version) || version > Number.MAX_SAFE_INTEGER) return "damaged";
  // How a newer one says the rest is not known here.
  if (version > CURRENT_VERSION) return { version, runId: String(runId) };
  const isWhole = line?.crc32 === undefined ? !isChecked(version) : isSound(bytes);
  return isWhole && typeof runId === "string" ? { version, runId } : "damaged";
}

/** Whether a line without its end can be the very beginning of a journal. */
export function isTornHeader(bytes: Uint8Array): boolean {
  const text = textOf(bytes);
  return HEADER_START.startsWith(text) || text.startsWith(HEADER_START);
}

/** What a line behind the header says, or why it says nothing. */
export function readLine(bytes: Uint8Array, version: number): JournalLine | string {
  if (isChecked(version) && !isSound(bytes)) return "its checksum does not fit";
  const line = parseObject(bytes);
  return (line && lineOf(migrateLine(line, version))) ?? "it is no line of a journal";
}

function lineOf({ token, claim, sequence, at, transition, blob }: JsonObject): JournalLine | undefined {
  if (!isCount(token)) return undefined;
  if (claim === true) return { kind: "claim", token };
  if (!isCount(sequence) || typeof at !== "number") return undefined;
  const content = isObject(transition) ? inlineContent(transition) : isObject(blob) ? blobContent(blob) : undefined;
  return content && { kind: "entry", token, sequence, at, content };
}

/** A transition that JSON gave; undefined for what is none. */
export function inlineContent(value: JsonObject): Extract<EntryContent, { kind: "inline" }> | undefined {
  if (typeof value.state !== "string") return undefined;
  // The rest is as a runner wrote it, which the checksum vouches for.
  return { kind: "inline", transition: value as unknown as Transition };
}

function blobContent({ sha256, size_bytes: sizeBytes }: JsonObject): EntryContent | undefined {
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256) || !isCount(sizeBytes)) return undefined;
  return { kind: "blob", sha256, sizeBytes };
}

function isChecked(version: number): boolean {
  return migrations.get(version)?.isChecked ?? true;
}

function isSound(bytes: Uint8Array): boolean {
  const end = bytes.byteLength - CHECKSUM_BYTES;
  const [, written] = (end > 0 && CHECKSUM.exec(textOf(bytes.subarray(end)))) || [];
  return written !== undefined && Number.parseInt(written, 16) === crc32(bytes.subarray(0, end));
}

/** The object that a text in JSON is. */
export function parseObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(textOf(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

// JSON.parse gives nothing but JSON values.
function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
