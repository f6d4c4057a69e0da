/** City-block distances of 7 points, the case on which SciPy's and scikit-learn's numbers in these tests were computed. */
export const points = 7;
export const distances: Float64Array = Float64Array.from(
  [
    [0, 1.75, 10, 9.75, 11, 10.125, 10.75],
    [1.75, 0, 8.25, 8, 10.25, 8.375, 9],
    [10, 8.25, 0, 1.25, 11, 7.875, 6.75],
    [9.75, 8, 1.25, 0, 9.75, 6.625, 8],
    [11, 10.25, 11, 9.75, 0, 3.125, 17.75],
    [10.125, 8.375, 7.875, 6.625, 3.125, 0, 14.625],
    [10.75, 9, 6.75, 8, 17.75, 14.625, 0],
  ].flat(),
);
