/** Where text is shown: `process.stdout`, or anything else with `write`. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width in characters; 0 or undefined when unknown. */
  readonly columns?: number;
  /** Height in lines; 0 or undefined when unknown. */
  readonly rows?: number;
}

const defaultColumns = 80;

/** How many lines the stream shows at once; no limit when it does not say. */
export function rowsOf({ rows }: TextStream): number {
  return rows === undefined || rows <= 0 ? Number.POSITIVE_INFINITY : rows;
}

/** How many characters fit into a line of the stream. */
export function columnsOf({ columns }: TextStream): number {
  // A pseudo-terminal without a size says 0.
  return columns === undefined || columns <= 0 ? defaultColumns : columns;
}
