export interface Eigen {
  /** Largest first. */
  readonly values: Float64Array;
  /** Column k, `vectors[row][k]`, belongs to value k; orthonormal. */
  readonly vectors: readonly Float64Array[];
}

/**
 * Eigenvalues and vectors of a symmetric matrix by Jacobi's rotations.
 * @param matrix rows of a symmetric matrix of finite values
 * @returns largest value first; nothing for an empty matrix. Cost O(d³) per sweep, some six sweeps
 * @see Golub and Van Loan, Matrix Computations, 8.5
 * @example symmetricEigen([[2, 0], [0, 5]]).values // => Float64Array.of(5, 2)
 */
export function symmetricEigen(matrix: readonly ArrayLike<number>[]): Eigen {
  const d = matrix.length;
  const a = matrix.map(row => Float64Array.from(row));
  const v = a.map((_, i) => Float64Array.from({ length: d }, (_, j) => Number(i === j)));
  for (let sweep = 0; sweep < 50; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let i = 0; i < d; i++) {
      diagonal += a[i]![i]! ** 2;
      for (let j = 0; j < i; j++) off += a[i]![j]! ** 2;
    }
    if (!(off > 1e-22 * diagonal)) break;
    for (let p = 0; p < d; p++) for (let q = p + 1; q < d; q++) rotate(a, v, p, q);
  }
  const order = a.map((_, i) => i).sort((i, j) => a[j]![j]! - a[i]![i]!);
  return { values: Float64Array.from(order, i => a[i]![i]!), vectors: v.map(row => Float64Array.from(order, i => row[i]!)) };
}

/** Turns the plane of axes p and q so that a[p][q] becomes 0. */
function rotate(a: Float64Array[], v: Float64Array[], p: number, q: number): void {
  const apq = a[p]![q]!;
  if (apq === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (const row of a) {
    const [x, y] = [row[p]!, row[q]!];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
  const [rowP, rowQ] = [a[p]!, a[q]!];
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [rowP[k]!, rowQ[k]!];
    rowP[k] = c * x - s * y;
    rowQ[k] = s * x + c * y;
  }
  for (const row of v) {
    const [x, y] = [row[p]!, row[q]!];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
}
