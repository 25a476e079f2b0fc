/** How much light is left at a place of the frame, both from 0 to 1. */
export function vignette(x: number, y: number): number {
  const distance = ((x - 0.5) ** 2 * 1.1 + (y - 0.5) ** 2 * 1.25) * 2;
  return 1 - 0.42 * Math.max(0, distance - 0.16);
}
