/** Milliseconds as people read them: `340 ms`, `2.4 s`, `3:05 min`, `2:03:05 h`. */
export function formatDuration(durationMs: number): string {
  // From where the next unit's rounding begins, so that none shows `1000 ms` or `60.0 s`.
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_950) return `${(durationMs / 1_000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1_000);
  const minutes = Math.floor(seconds / 60);
  const rest = twoDigits(seconds % 60);
  return minutes < 60 ? `${minutes}:${rest} min` : `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${rest} h`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
