/**
 * Makes a function that prints moments as manifests do: UTC, a fraction only when there is one, then with six
 * digits. It remembers the last moment, since most things of a run happen within the same few milliseconds.
 */
export function createTimeText(): (epochMs: number) => string {
  let lastMs = Number.NaN;
  let lastText = "";
  return (epochMs) => {
    if (epochMs === lastMs) return lastText;
    const iso = new Date(epochMs).toISOString();
    lastText = iso.endsWith(".000Z") ? `${iso.slice(0, -5)}Z` : `${iso.slice(0, -1)}000Z`;
    lastMs = epochMs;
    return lastText;
  };
}
