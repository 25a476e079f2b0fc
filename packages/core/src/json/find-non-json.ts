// The canonical form refuses deeper values, so that nothing deeper may enter a run.
const maxDepth = 90;

/** Where a value stops being JSON, as a path like `scene.items.0`, or undefined when it is JSON throughout. */
export function findNonJson(value: unknown, path = "", depth = 0): string | undefined {
  if (value === null || typeof value === "boolean") return undefined;
  // Half of a surrogate pair has no UTF-8 form, so a manifest with it could not be hashed.
  if (typeof value === "string") return value.isWellFormed() ? undefined : path;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : path;
  if (typeof value !== "object" || depth >= maxDepth) return path;
  if (Array.isArray(value)) return findInEntries(value.entries(), path, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return path;
  return findInEntries(Object.entries(value), path, depth);
}

function findInEntries(entries: Iterable<[string | number, unknown]>, path: string, depth: number): string | undefined {
  for (const [key, entry] of entries) {
    const inner = path === "" ? String(key) : `${path}.${key}`;
    if (typeof key === "string" && !key.isWellFormed()) return inner.toWellFormed();
    const found = findNonJson(entry, inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
