import type { JsonValue } from "../json/json-value.js";

/** Takes private texts out of what others wrote: error messages, progress, job data. */
export interface Mask {
  text(text: string): string;
  /** The same on every text and key inside a JSON value. */
  json<Value>(value: Value): Value;
}

/** So many bytes in a row are the private text and no chance. */
const WINDOW_BYTES = 8;
const MARKER = "[private]";

/** A mask for the texts in these values: no {@link WINDOW_BYTES} bytes in a row of one of them pass it. */
export function createMask(values: readonly JsonValue[]): Mask {
  const secrets = textsOf(values).map(toBytes);
  const windows = new Set(secrets.flatMap(windowsOf));
  const text = (given: string) => maskText(given, windows);
  // The shape stays: texts give texts, everything else what it was, as far as it is JSON.
  return { text, json: ((value: unknown) => maskJson(value, text, [])) as Mask["json"] };
}

/** Loggers are given anything: what is no JSON becomes a text, and what holds itself ends there. */
function maskJson(value: unknown, text: Mask["text"], holders: readonly object[]): unknown {
  if (typeof value === "string") return text(value);
  if (typeof value === "number" || typeof value === "bigint")
    return text(String(value)) === String(value) ? value : MARKER;
  if (typeof value === "function" || typeof value === "symbol") return text(String(value));
  if (typeof value !== "object" || value === null) return value;
  if (holders.includes(value)) return "[circular]";
  const inner = (entry: unknown) => maskJson(entry, text, [...holders, value]);
  if (Array.isArray(value)) return value.map(inner);
  if (!isPlain(value)) return text(String(value));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [text(key), inner(entry)]));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The texts and the numbers inside JSON values as texts, keys included. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number" || typeof value === "bigint") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(textsOf)];
}

function maskText(text: string, windows: ReadonlySet<string>): string {
  const bytes = toBytes(text);
  let masked = "";
  let copied = 0;
  for (let start = 0; start + WINDOW_BYTES <= bytes.length; ) {
    if (!windows.has(bytes.slice(start, start + WINDOW_BYTES))) {
      start += 1;
      continue;
    }
    const end = endOfMatch(bytes, start, windows);
    masked += bytes.slice(copied, startOfCharacter(bytes, start)) + MARKER;
    copied = startOfNextCharacter(bytes, end);
    start = copied;
  }
  return copied === 0 ? text : toText(masked + bytes.slice(copied));
}

/** Matches that touch or overlap are one. */
function endOfMatch(bytes: string, start: number, windows: ReadonlySet<string>): number {
  let end = start + WINDOW_BYTES;
  for (let next = start + 1; next <= end && next + WINDOW_BYTES <= bytes.length; next += 1) {
    if (windows.has(bytes.slice(next, next + WINDOW_BYTES))) end = next + WINDOW_BYTES;
  }
  return end;
}

function startOfCharacter(bytes: string, index: number): number {
  let start = index;
  while (start > 0 && isContinuation(bytes, start)) start -= 1;
  return start;
}

function startOfNextCharacter(bytes: string, index: number): number {
  let end = index;
  while (end < bytes.length && isContinuation(bytes, end)) end += 1;
  return end;
}

/** UTF-8: 10xxxxxx goes on with a character. */
function isContinuation(bytes: string, index: number): boolean {
  return (bytes.charCodeAt(index) & 0xc0) === 0x80;
}

function windowsOf(bytes: string): string[] {
  const count = Math.max(0, bytes.length - WINDOW_BYTES + 1);
  return Array.from({ length: count }, (_, start) => bytes.slice(start, start + WINDOW_BYTES));
}

/** UTF-8, one character per byte: windows of it can stand in a set. */
function toBytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

function toText(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
