/** Deeper chains are not looked at further; those of `fetch` and of vendors' SDKs have at most four. */
const MAX_CAUSES = 8;

/** A thrown value, its cause, the cause of that and so on: at most eight, also when they go round in a circle. */
export function causeChain(thrown: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  let link = thrown;
  while (link !== undefined && link !== null && chain.length < MAX_CAUSES) {
    chain.push(link);
    link = readField(link, "cause");
  }
  return chain;
}

/** A field of a value of which nothing is known; undefined when it has none. */
export function readField(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
