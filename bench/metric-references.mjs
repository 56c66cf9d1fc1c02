// The plain reference algorithms of docs/decisions/metrics.md, in the same interface as `sre-copilot/analysis`, for paired comparison.
// Written to be short and slow: what the product is held against must not share its code.

const DAY = 86_400_000;
const finite = v => [...v].filter(Number.isFinite);
const mean = v => v.reduce((a, b) => a + b, 0) / v.length;
const deviation = v => {
  const m = mean(v);
  return Math.sqrt(mean(v.map(x => (x - m) ** 2)));
};
const quantile = (v, q) => {
  const s = finite(v).sort((a, b) => a - b);
  const at = q * (s.length - 1);
  const lo = Math.floor(at);
  return s[lo] + (at - lo) * ((s[lo + 1] ?? s[lo]) - s[lo]);
};
const filled = v => {
  const out = Array.from(v);
  let last = -1;
  for (let i = 0; i <= out.length; i++) {
    if (i < out.length && !Number.isFinite(out[i])) continue;
    for (let k = last + 1; k < i; k++) {
      const left = last < 0 ? out[i] : out[last];
      const right = i < out.length ? out[i] : left;
      out[k] = left + ((right - left) * (k - last)) / (i - last);
    }
    last = i;
  }
  return out;
};

const toEven = x => (x % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

/** Four statistics, each against its own past; limits .9, 3.25, 4.5, 6. */
export function noveltyDetector({ warmUpRows, coolDownRows = 0, stepMs = 0 }) {
  const runningZ = fewest => {
    let [n, m, s] = [0, 0, 0];
    return x => {
      let z = 0;
      if (n >= fewest) {
        const sd = Math.sqrt(s / n);
        const rounding = 1e-12 * (1 + Math.abs(m));
        z = sd > rounding ? (x - m) / sd : Math.abs(x - m) <= rounding ? 0 : 100;
      }
      n++;
      const d = x - m;
      m += d / n;
      s += d * (x - m);
      return z;
    };
  };
  const novelty = lag => {
    const seen = [];
    const pending = [];
    const z = runningZ(21);
    return x => {
      const place = value => {
        let [lo, hi] = [0, seen.length];
        while (lo < hi) {
          const middle = (lo + hi) >> 1;
          if (seen[middle] < value) lo = middle + 1;
          else hi = middle;
        }
        return lo;
      };
      const at = place(x);
      const distance = seen.length === 0 ? 0 : Math.min((seen[at] ?? Infinity) - x, x - (seen[at - 1] ?? -Infinity));
      pending.push(x);
      if (pending.length >= lag) {
        const old = pending.shift();
        seen.splice(place(old), 0, old);
      }
      return z(distance);
    };
  };
  const [value, level, burst, drift] = [novelty(1), novelty(3), runningZ(2), runningZ(2)];
  const [last3, last72, rests] = [[], [], []];
  const keep = (list, x, n) => {
    list.push(x);
    if (list.length > n) list.shift();
    return list;
  };
  const slots = Math.round(DAY / stepMs);
  const means = new Map();
  let [row, alertAt, least] = [0, -Infinity, 0];
  return {
    push(t, x) {
      if (!Number.isFinite(x)) {
        row++;
        return 0;
      }
      let score = Math.max(value(x) / 0.9, level(mean(keep(last3, x, 3))) / 4.5);
      if (keep(last72, x, 72).length === 72) {
        const sd = deviation(last72);
        if (least === 0) least = 0.01 * sd;
        score = Math.max(score, Math.abs(burst(Math.log(sd + least || Number.MIN_VALUE))) / 3.25);
      }
      if (slots >= 2 && slots <= 20_000) {
        const slot = toEven((((t % DAY) + DAY) % DAY) / stepMs) % slots;
        const known = means.get(slot) ?? { n: 0, mean: x };
        const rest = x - known.mean;
        known.n = Math.min(7, known.n + 1);
        known.mean += rest / known.n;
        means.set(slot, known);
        if (keep(rests, rest, 72).length === 72) score = Math.max(score, Math.abs(drift(mean(rests))) / 6);
      }
      const now = row++;
      if (now < warmUpRows) return 0;
      if (score >= 1 && now - alertAt > coolDownRows) {
        alertAt = now;
        return score;
      }
      return Math.min(score, 1 - Number.EPSILON);
    },
  };
}

/** Ridge regression on the rows 1–3 back and around the day, twice the day and the week, in logarithms; band of 2.3 standard errors. */
export function forecast({ v }, horizon) {
  const lags = [1, 2, 3, 23, 24, 25, 47, 48, 49, 167, 168, 169].filter(lag => lag < v.length / 2);
  const y = [...v].map(Math.log);
  const [center, spread] = [mean(y), deviation(y) || 1];
  const q = y.map(x => (x - center) / spread);
  const first = lags.at(-1);
  const d = lags.length;
  const a = lags.map(() => new Array(d + 1).fill(0));
  for (let i = first; i < q.length; i++)
    for (let j = 0; j < d; j++) {
      for (let k = 0; k < d; k++) a[j][k] += q[i - lags[j]] * q[i - lags[k]];
      a[j][d] += q[i - lags[j]] * q[i];
    }
  for (let j = 0; j < d; j++) a[j][j] += 1e-4 * (q.length - first);
  for (let j = 0; j < d; j++)
    for (let k = 0; k < d; k++) {
      if (k === j) continue;
      const share = a[k][j] / a[j][j];
      for (let c = j; c <= d; c++) a[k][c] -= share * a[j][c];
    }
  const weights = a.map((row, j) => row[d] / row[j]);
  const predict = (x, i) => lags.reduce((sum, lag, j) => sum + weights[j] * (x[i - lag] ?? 0), 0);
  const error = Math.sqrt(mean(q.slice(first).map((x, i) => (x - predict(q, first + i)) ** 2)));
  const [low, high] = [Math.min(...q), Math.max(...q)];
  const all = [...q];
  for (let h = 0; h < horizon; h++)
    all.push(Math.min(high + 0.5 * (high - low), Math.max(low - 0.5 * (high - low), predict(all, all.length))));
  const psi = [];
  const back = x => Math.exp(x * spread + center);
  const result = { median: new Float64Array(horizon), lower: new Float64Array(horizon), upper: new Float64Array(horizon) };
  for (let h = 0, sum = 0; h < horizon; h++) {
    psi.push(h === 0 ? 1 : predict(psi, h));
    sum += psi[h] ** 2;
    const middle = all[q.length + h];
    result.median[h] = back(middle);
    result.lower[h] = back(middle - 2.3 * error * Math.sqrt(sum));
    result.upper[h] = back(middle + 2.3 * error * Math.sqrt(sum));
  }
  return result;
}

/** T² + Q over 90 % of the variance, moving mean of 20 rows; blame by the largest |z|. */
export function scoreMultivariate(columns, { baseline = columns } = {}) {
  const scales = baseline.map(({ v }) => {
    const x = filled(v);
    return { center: mean(x), spread: Math.max(deviation(x), 0.01 * x.reduce((m, y) => Math.max(m, Math.abs(y)), 0) + 1e-4) };
  });
  const z = (set, clip) =>
    set.map(({ v }, j) => filled(v).map(x => Math.max(-clip, Math.min(clip, (x - scales[j].center) / scales[j].spread))));
  const base = z(baseline, 10);
  const centers = base.map(mean);
  const covariance = base.map((a, j) =>
    base.map((b, k) => a.reduce((sum, x, i) => sum + (x - centers[j]) * (b[i] - centers[k]), 0) / a.length),
  );
  const { values, vectors } = jacobi(covariance);
  const total = values.reduce((a, b) => a + b, 0);
  let kept = 0;
  for (let sum = 0; kept < values.length && sum < 0.9 * total; kept++) sum += values[kept];
  const statistics = rows =>
    rows[0].map((_, i) => {
      let [t2, q] = [0, 0];
      vectors.forEach((vector, k) => {
        const y = vector.reduce((sum, w, j) => sum + w * (rows[j][i] - centers[j]), 0);
        if (k < kept) t2 += y ** 2 / Math.max(values[k], 1e-9);
        else q += y ** 2;
      });
      return [t2, q];
    });
  const known = statistics(base);
  const limits = [0, 1].map(
    part =>
      quantile(
        known.map(row => row[part]),
        0.99,
      ) || 1,
  );
  const raw = statistics(z(columns, 10)).map(([t2, q]) => t2 / limits[0] + q / limits[1]);
  const sums = [0];
  for (const x of raw) sums.push(sums.at(-1) + x);
  const score = Float64Array.from(raw, (_, i) => {
    const [from, to] = [Math.max(0, i - 10), Math.min(raw.length, i + 10)];
    return (sums[to] - sums[from]) / (to - from);
  });
  const wide = z(columns, 30);
  const blame = (from, to) => {
    const peaks = wide.map(x => x.slice(from, to).reduce((most, y) => Math.max(most, Math.abs(y)), 0));
    return peaks.map((peak, index) => ({ index, share: peak })).sort((a, b) => b.share - a.share);
  };
  return { score, blame };
}

function jacobi(matrix) {
  const d = matrix.length;
  const a = matrix.map(row => [...row]);
  const v = a.map((_, i) => a.map((__, j) => Number(i === j)));
  for (let sweep = 0; sweep < 30; sweep++)
    for (let p = 0; p < d; p++)
      for (let q = p + 1; q < d; q++) {
        if (Math.abs(a[p][q]) < 1e-14) continue;
        const angle = 0.5 * Math.atan2(2 * a[p][q], a[q][q] - a[p][p]);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (let k = 0; k < d; k++) [a[k][p], a[k][q]] = [c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]];
        for (let k = 0; k < d; k++) [a[p][k], a[q][k]] = [c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]];
        for (let k = 0; k < d; k++) [v[k][p], v[k][q]] = [c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]];
      }
  const order = a.map((_, k) => k).sort((x, y) => a[y][y] - a[x][x]);
  return { values: order.map(k => a[k][k]), vectors: order.map(k => v.map(row => row[k])) };
}
