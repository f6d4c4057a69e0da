/** From here on, the asymptotic series are exact to the last digit or two. */
const FAR = 10;

/** Derivative of ln Gamma at x above 0: steps up by psi(x) = psi(x + 1) - 1/x, then a series (Abramowitz and Stegun 6.3.18). */
export function digamma(x: number): number {
  let [y, sum] = [x, 0];
  for (; y < FAR; y++) sum -= 1 / y;
  const u = 1 / (y * y);
  return sum + Math.log(y) - 0.5 / y - u * (1 / 12 - u * (1 / 120 - u * (1 / 252 - u * (1 / 240 - u * (1 / 132 - (u * 691) / 32760)))));
}

/** Derivative of {@link digamma} at x above 0 (Abramowitz and Stegun 6.4.12). */
export function trigamma(x: number): number {
  let [y, sum] = [x, 0];
  for (; y < FAR; y++) sum += 1 / (y * y);
  const u = 1 / (y * y);
  return sum + 1 / y + u / 2 + (u / y) * (1 / 6 - u * (1 / 30 - u * (1 / 42 - u * (1 / 30 - u * (5 / 66 - (u * 691) / 2730)))));
}
