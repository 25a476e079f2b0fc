// From here on every double is a whole number.
const FIRST_WHOLE_ONLY = 2 ** 53;
const FIRST_EXPONENT_FORM = 1e16;
const LAST_EXPONENT_FORM = 1e-4;
const AT_MOST_TEN_PLACES = /^-?\d+(?:\.\d{1,10})?$/;

/** A double as the canonical form prints it: rounded to 10 places as Python's `round`, then printed as its `repr`. */
export function formatPythonFloat(value: number): string {
  if (!Number.isFinite(value)) return "null";
  return pythonRepr(roundToTenPlaces(value));
}

/** Python's `round(value, 10)`: correct from the exact binary value, exact ties to even, the sign of zero kept. */
function roundToTenPlaces(value: number): number {
  const magnitude = Math.abs(value);
  // Shortest digits within 10 places: no other multiple of 1e-10 is nearer and gives another double.
  if (magnitude >= FIRST_WHOLE_ONLY || AT_MOST_TEN_PLACES.test(String(value))) return value;
  const rounded = Number(isTie(magnitude) ? tieToEven(magnitude) : magnitude.toFixed(10));
  return value < 0 ? -rounded : rounded;
}

/** Python's `repr` of a finite float. */
function pythonRepr(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= FIRST_EXPONENT_FORM || (magnitude < LAST_EXPONENT_FORM && magnitude > 0)) {
    return value.toExponential().replace(/([+-])(\d)$/, "$10$2");
  }
  if (!Number.isInteger(value)) return String(value);
  return Object.is(value, -0) ? "-0.0" : `${value}.0`;
}

// value * 10^10 lies halfway between two integers only for an odd number of 2048ths, as 2 * 10^10 = 2^11 * 5^10.
function isTie(magnitude: number): boolean {
  return Math.abs((magnitude * 2048) % 2) === 1;
}

function tieToEven(magnitude: number): string {
  // toFixed takes the larger neighbour; an odd last digit is never 0, so that one less needs no carry.
  const upper = magnitude.toFixed(10);
  const lastDigit = Number(upper.slice(-1));
  return lastDigit % 2 === 0 ? upper : upper.slice(0, -1) + String(lastDigit - 1);
}
