import { GenblazeError } from "../errors/genblaze-error.js";

/** A decimal number: `digits` times ten to the power of `-scale`. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/**
 * The sum of amounts as people write them: the shortest decimal texts of the doubles are added exactly, and the sum
 * becomes a double once. So `sumUsd([0.1, 0.2])` is 0.3, and the order does not matter. An empty list is 0.
 * INVALID_OPTION for an amount that is infinite or not a number.
 */
export function sumUsd(values: readonly number[]): number {
  const decimals = values.map(toDecimal);
  const scale = decimals.reduce((most, decimal) => Math.max(most, decimal.scale), 0);
  const digits = decimals.reduce((sum, decimal) => sum + decimal.digits * 10n ** BigInt(scale - decimal.scale), 0n);
  return Number(`${digits}e-${scale}`);
}

/** A double prints as `-1.25e-7` or `0.000125`: sign, whole digits, fraction, exponent of ten. */
const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

function toDecimal(value: number): Decimal {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = PARTS.exec(String(value)) ?? [];
  if (whole === "") {
    throw new GenblazeError("INVALID_OPTION", `sumUsd(): finite amounts are expected; ${value} was given.`);
  }
  const digits = BigInt(`${sign}${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}
