import { partsOf } from "./file-parts.js";
import { below, type Random } from "./random.js";

/**
 * A file in which a whole frame, chunk or box was added, repeated, moved or taken out, all sizes around it made right.
 * The same bytes when no such structure is known in them.
 */
export function mutateParts(bytes: Uint8Array, random: Random): Uint8Array {
  const found = partsOf(bytes);
  if (found === undefined) return bytes;
  const parts = [...found.parts];
  for (let count = 1 + below(3, random); count > 0; count -= 1) changeParts(parts, found.own, random);
  return found.join(parts);
}

function changeParts(parts: Uint8Array[], own: readonly Uint8Array[], random: Random): void {
  const from = below(parts.length, random);
  const to = below(parts.length + 1, random);
  const kind = random();
  const inserted = kind < 0.6 ? own[below(own.length, random)] : parts[from];
  // Repeated, moved or taken out, when it is none of ours that comes in.
  if (kind >= 0.75) parts.splice(from, 1);
  if (kind < 0.9 && inserted !== undefined) parts.splice(Math.min(to, parts.length), 0, inserted);
}
