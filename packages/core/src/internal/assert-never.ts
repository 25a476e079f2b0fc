/** Ends a switch over a union: the compiler objects when a variant was forgotten. */
export function assertNever(value: never): never {
  throw new TypeError(`A variant was not handled: ${JSON.stringify(value)}`);
}
