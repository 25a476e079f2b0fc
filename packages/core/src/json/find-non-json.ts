// The canonical form refuses deeper values, so that nothing deeper may enter a run.
const maxDepth = 90;

/** Where a value stops being JSON, as a path like `scene.items.0`, or undefined when it is JSON throughout. */
export function findNonJson(value: unknown, path?: string): string | undefined {
  const place = findPlace(value, 0);
  return place && (path === undefined ? place : [path, ...place]).join(".");
}

/** The keys on the way there. They are put together on the way back, since most values are JSON. */
function findPlace(value: unknown, depth: number): readonly string[] | undefined {
  if (value === null || typeof value === "boolean") return undefined;
  // Half of a surrogate pair has no UTF-8 form, so a manifest with it could not be hashed.
  if (typeof value === "string") return value.isWellFormed() ? undefined : [];
  if (typeof value === "number") return Number.isFinite(value) ? undefined : [];
  if (typeof value !== "object" || depth >= maxDepth) return [];
  return Array.isArray(value) ? findInList(value, depth) : findInObject(value, depth);
}

function findInList(list: readonly unknown[], depth: number): readonly string[] | undefined {
  // Holes are no JSON; only an index finds them.
  for (let index = 0; index < list.length; index++) {
    const place = findPlace(list[index], depth + 1);
    if (place !== undefined) return [String(index), ...place];
  }
  return undefined;
}

function findInObject(value: object, depth: number): readonly string[] | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return [];
  for (const key of Object.keys(value)) {
    if (!key.isWellFormed()) return [key.toWellFormed()];
    const place = findPlace(Reflect.get(value, key), depth + 1);
    if (place !== undefined) return [key, ...place];
  }
  return undefined;
}
