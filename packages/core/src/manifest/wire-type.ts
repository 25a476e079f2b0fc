/**
 * When a field takes part in the hash: `always`; `legacy`, only in schema 1.0 to 1.3, which hashed ids and urls too; or
 * `never`.
 */
export type HashRule = "always" | "legacy" | "never";

/**
 * What is written: `full`, every field, as stored; or a hash payload: `legacy` (schema 1.0 to 1.3), `content` (1.4 and
 * 1.5), `bound` (1.6, which binds the url of an asset without a hash).
 */
export type WriteMode = "full" | "legacy" | "content" | "bound";

/** How values are read, and what reading found out. */
export interface ReadContext {
  /**
   * `wire` reads parsed JSON under the wire names with the lenient conversions of the Python library; `model` reads
   * values of the TypeScript model under its names and converts nothing.
   */
  readonly source: "wire" | "model";
  /** Leaves out the checks that a stored manifest need not pass; `report()` names their violations later. */
  readonly isTolerant: boolean;
  /** Where reading is; only for messages. */
  readonly path: (string | number)[];
  /** True once an id that the document lacks was replaced; Python would have made a random one. */
  hasInventedId: boolean;
}

/** How one kind of value is read and written; `Value` is its form in the TypeScript model. */
export interface WireType<Value> {
  /** What a value must be, to go after "expected". */
  readonly expected: string;
  /** The value in the model, or `undefined` when it does not fit; a composite type throws by itself. */
  read(value: unknown, context: ReadContext): Value | undefined;
  /** The canonical text; `depth` is that of the value itself. */
  write(value: Value, depth: number, mode: WriteMode): string;
}

/** A context for reading; `isTolerant` only says something about documents. */
export function readContext(source: ReadContext["source"], isTolerant = false): ReadContext {
  return { source, isTolerant, path: [], hasInventedId: false };
}
