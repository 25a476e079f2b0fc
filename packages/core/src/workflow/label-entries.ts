import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { isSha256 } from "../manifest/is-sha256.js";
import type { Storage, StorageCallOptions } from "../storage/storage.js";
import { readStored } from "./read-stored.js";
import { MAX_LABEL_NUMBER, nameInKey, type WorkflowKeys } from "./workflow-keys.js";

/** One move of a label. Entries are never changed: the label stands where the last one put it. */
export interface LabelEntry {
  /** From 1, without gaps. */
  readonly number: number;
  /** The version that it was put on. */
  readonly id: string;
  /** When, in ISO 8601. */
  readonly at: string;
  readonly by?: string | undefined;
  readonly note?: string | undefined;
  /** Of a rollback: the number of the entry that it went back to. */
  readonly restores?: number | undefined;
}

const number = z.int().min(1).max(MAX_LABEL_NUMBER);
const entrySchema: z.ZodType<LabelEntry> = z.strictObject({
  number,
  id: z.string().refine(isSha256),
  at: z.iso.datetime(),
  by: z.string().optional(),
  note: z.string().optional(),
  restores: number.optional(),
});

// Far above any name and note.
const MAX_ENTRY_BYTES = 100_000;
// Each failed attempt is another writer's success.
const MAX_ATTEMPTS = 1_000;

/** A label of a workflow and where its entries lie. */
export interface LabelPlace {
  readonly storage: Storage;
  readonly keys: WorkflowKeys;
  readonly name: string;
  readonly label: string;
}

/** The entry that the label stands at; undefined for a label that was never put. */
export async function lastEntry(place: LabelPlace, call: StorageCallOptions): Promise<LabelEntry | undefined> {
  const last = (await listNumbers(place, call)).at(-1);
  return last === undefined ? undefined : readEntry(place, last, call);
}

/** All entries, from the first one. */
export async function allEntries(place: LabelPlace, call: StorageCallOptions): Promise<readonly LabelEntry[]> {
  const entries: LabelEntry[] = [];
  for (const each of await listNumbers(place, call)) entries.push(await readEntry(place, each, call));
  return entries;
}

/**
 * Writes the next entry. `next` says what it shall be, after the entry that stands there; it is asked anew when somebody
 * else was faster. `undefined` of it is that nothing is to be written.
 */
export async function appendEntry(
  place: LabelPlace,
  call: StorageCallOptions,
  next: (last: LabelEntry | undefined) => Promise<Omit<LabelEntry, "number"> | undefined>,
): Promise<LabelEntry | undefined> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    throwIfAborted(call.signal);
    const last = await lastEntry(place, call);
    const wanted = await next(last);
    if (wanted === undefined) return last;
    const entry = { number: (last?.number ?? 0) + 1, ...wanted };
    if (await tryPut(place, entry, call)) return entry;
  }
  const message = `Label "${place.label}" of workflow "${place.name}" is moved all the time, so it could not be moved from here. Try again later.`;
  throw new GenblazeError("STORAGE_CONFLICT", message, { details: { name: place.name, label: place.label } });
}

/** False when somebody else has written an entry of that number. */
async function tryPut({ storage, keys, name, label }: LabelPlace, entry: LabelEntry, call: StorageCallOptions) {
  const body = new TextEncoder().encode(JSON.stringify(entry));
  try {
    await storage.put(keys.entry(name, label, entry.number), body, {
      ...call,
      ifAbsent: true,
      mediaType: "application/json",
    });
    return true;
  } catch (error) {
    if (GenblazeError.isInstance(error) && error.code === "STORAGE_CONFLICT") return false;
    throw error;
  }
}

async function readEntry(
  { storage, keys, name, label }: LabelPlace,
  wanted: number,
  call: StorageCallOptions,
): Promise<LabelEntry> {
  const key = keys.entry(name, label, wanted);
  const verdict = entrySchema.safeParse(await readStored(storage, key, MAX_ENTRY_BYTES, call));
  if (verdict.success && verdict.data.number === wanted) return Object.freeze(verdict.data);
  const message = `Entry ${wanted} of label "${label}" of workflow "${name}" is damaged. Restore the object ${JSON.stringify(key)} from a copy.`;
  throw new GenblazeError("STORAGE_FAILED", message, { isRetryable: false, details: { key } });
}

async function listNumbers({ storage, keys, name, label }: LabelPlace, call: StorageCallOptions) {
  const beginning = keys.entries(name, label);
  const numbers: number[] = [];
  for await (const { key } of storage.list(beginning, call)) {
    const digits = nameInKey(key, beginning);
    if (digits !== undefined && /^\d{8}$/.test(digits)) numbers.push(Number(digits));
  }
  return numbers;
}
