/** Red, green and blue, each 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Reads `#rrggbb`; anything else is mid grey. */
export function fromHex(hex: string): Rgb {
  const value = /^#[0-9a-f]{6}$/i.test(hex) ? Number.parseInt(hex.slice(1), 16) : 0x808080;
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Writes `#rrggbb`. */
function toHex(color: Rgb): string {
  return `#${color
    .map((part) =>
      Math.min(255, Math.max(0, Math.round(part)))
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

/** The hex colour between two, `share` of the way from the first to the second. */
export function mix(first: string, second: string, share: number): string {
  return toHex(mixRgb(fromHex(first), fromHex(second), share));
}

/** The colour between two, `share` of the way from the first to the second. */
export function mixRgb(first: Rgb, second: Rgb, share: number): Rgb {
  return [
    first[0] + (second[0] - first[0]) * share,
    first[1] + (second[1] - first[1]) * share,
    first[2] + (second[2] - first[2]) * share,
  ];
}

/** A hex colour with its parts multiplied. */
export function brighten(hex: string, factor: number): string {
  const [red, green, blue] = fromHex(hex);
  return toHex([red * factor, green * factor, blue * factor]);
}
