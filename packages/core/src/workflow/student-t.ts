// 1e-14 is near the accuracy of a double; the fraction converges far below 500 steps for the arguments used here.
const PRECISION = 1e-14;
const MAX_STEPS = 500;
const BISECTIONS = 100;
const SMALLEST = 1e-300;

/**
 * How far Student's t lies from 0 at most, with a probability of `confidence`, both sides taken together: 12.706 for
 * 0.95 and 1 degree of freedom, 1.960 for very many. Found by bisection of the distribution, which is the regularized
 * incomplete beta function `I(x; df/2, 1/2)` at `x = df / (df + t²)` (Abramowitz and Stegun, 26.7.1 and 26.5.27).
 */
export function studentLimit(confidence: number, degreesOfFreedom: number): number {
  const outside = 1 - confidence;
  let low = 0;
  let high = 1;
  while (probabilityBeyond(high, degreesOfFreedom) > outside && high < 1e12) high *= 2;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (probabilityBeyond(middle, degreesOfFreedom) > outside) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The probability that Student's t lies further from 0 than `t`, on either side. */
export function probabilityBeyond(t: number, degreesOfFreedom: number): number {
  return incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
}

/** The regularized incomplete beta function, from its continued fraction (Abramowitz and Stegun, 26.5.8). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on the left of the mean only; on the right of it the other tail is computed.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a;
  return front / betaFraction(x, a, b);
}

/** `1 + d1/(1 + d2/(1 + ...))`, evaluated from the front by the method of Lentz. */
function betaFraction(x: number, a: number, b: number): number {
  let value = 1;
  let upper = 1;
  let lower = 0;
  for (let step = 1; step <= MAX_STEPS; step++) {
    const term = betaTerm(step, x, a, b);
    lower = 1 / away(1 + term * lower);
    upper = away(1 + term / upper);
    const factor = upper * lower;
    value *= factor;
    if (Math.abs(factor - 1) < PRECISION) break;
  }
  return value;
}

function betaTerm(step: number, x: number, a: number, b: number): number {
  const m = Math.floor(step / 2);
  if (step % 2 === 0) return (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
  return (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
}

function away(value: number): number {
  return Math.abs(value) < SMALLEST ? SMALLEST : value;
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** Stirling's series (Abramowitz and Stegun, 6.1.41), after raising the argument until the series is exact enough. */
function logGamma(value: number): number {
  let z = value;
  let raised = 0;
  while (z < 15) {
    raised += Math.log(z);
    z += 1;
  }
  const inverse = 1 / z;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - raised;
}
