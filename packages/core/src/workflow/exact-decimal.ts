/** Decimal digits and the power of ten of the first of them. */
export interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const MANTISSA_BITS = 52n;
/** IEEE 754 binary64: the bias, and the bits behind the point of the mantissa. */
const EXPONENT_OFFSET = 1023 + 52;

/**
 * A finite float of at least 0 rounded to so many decimal places, as an integer of that unit. From the exact value, ties
 * to even, as C does; JavaScript's `toFixed` takes the larger one.
 */
export function roundToPlaces(value: number, places: number): bigint {
  const { numerator, denominator } = fractionOf(value);
  return divideToEven(numerator * 10n ** BigInt(places), denominator);
}

/** A finite float of at least 0 rounded to so many significant digits, ties to even; all of them are given. */
export function roundToDigits(value: number, count: number): Decimal {
  if (value === 0) return { digits: "0".repeat(count), exponent: 0 };
  const fraction = fractionOf(value);
  const exponent = exponentOf(value, fraction);
  const { numerator, denominator } = scale(fraction, count - 1 - exponent);
  const digits = String(divideToEven(numerator, denominator));
  // Rounding 9.99 up gives one digit more, a 0.
  return digits.length > count ? { digits: digits.slice(0, count), exponent: exponent + 1 } : { digits, exponent };
}

/** The fewest digits that read back as the same finite float of at least 0. */
export function shortestDigits(value: number): Decimal {
  const [mantissa = "", exponent = ""] = value.toExponential().split("e");
  return { digits: mantissa.replace(".", ""), exponent: Number(exponent) };
}

function fractionOf(value: number): Fraction {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> MANTISSA_BITS);
  const mantissa = bits & ((1n << MANTISSA_BITS) - 1n);
  // A biased exponent of 0 is that of 1, without the hidden bit.
  const significand = biased === 0 ? mantissa : mantissa | (1n << MANTISSA_BITS);
  const exponent = Math.max(biased, 1) - EXPONENT_OFFSET;
  if (exponent >= 0) return { numerator: significand << BigInt(exponent), denominator: 1n };
  return { numerator: significand, denominator: 1n << BigInt(-exponent) };
}

/** The shortest digits may have been rounded up to the next power of ten. */
function exponentOf(value: number, fraction: Fraction): number {
  const { exponent } = shortestDigits(value);
  const { numerator, denominator } = scale(fraction, -exponent);
  return numerator < denominator ? exponent - 1 : exponent;
}

function scale({ numerator, denominator }: Fraction, powerOfTen: number): Fraction {
  const factor = 10n ** BigInt(Math.abs(powerOfTen));
  return powerOfTen >= 0
    ? { numerator: numerator * factor, denominator }
    : { numerator, denominator: denominator * factor };
}

function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const isUp = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return isUp ? quotient + 1n : quotient;
}
