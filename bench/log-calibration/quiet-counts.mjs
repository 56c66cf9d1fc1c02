// Counts of templates in time in which nothing happens, but which is not calm: rhythms, common and own bursts, autocorrelation, templates that turn up once.

/** Random numbers of a seed (mulberry32). */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function poisson(random, mean) {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let product = random();
  let count = 0;
  for (; product > limit; count++) product *= random();
  return count;
}

/**
 * One stretch of quiet minutes, cut into a baseline and the window right after it.
 * @param kind 'independent', or 'restless': a load that wanders (correlation .9 a minute) and has a rhythm of a day and one of six hours, every fifth
 *   template in bursts, every seventh with a wandering rate of its own, and templates that turn up for the first time now and then
 */
export function quietCounts(random, { minutes, window, templates, kind }) {
  const restless = kind === 'restless';
  const total = minutes + window;
  const phase = 1440 * random();
  let shared = 0;
  const level = Float64Array.from({ length: total }, (_, i) => {
    shared = 0.9 * shared + 0.12 * normal(random);
    const rhythm = 0.4 * Math.sin((2 * Math.PI * (i + phase)) / 1440) + 0.2 * Math.sin((2 * Math.PI * (i + 3 * phase)) / 360);
    return restless ? Math.exp(shared + rhythm) : 1;
  });
  const rows = Array.from({ length: templates }, (_, k) => {
    const rate = 10 ** (-3 + 4 * random());
    let own = 0;
    const counts = Float64Array.from(level, factor => {
      if (restless && k % 5 === 0) return poisson(random, (rate * factor) / 6) * (1 + poisson(random, 5));
      own = 0.97 * own + 0.1 * normal(random);
      return poisson(random, rate * factor * (restless && k % 7 === 0 ? Math.exp(own) : 1));
    });
    return { id: `t${k}`, counts };
  });
  // Something that never happened before, about every two hours, seldom more than a few lines of it.
  for (let i = 0; restless && i < total; i++) {
    if (random() > 1 / 120) continue;
    const counts = new Float64Array(total);
    const size = 1 + Math.floor(1 / (1 - random()) ** 0.7);
    for (let n = 0; n < Math.min(size, 500); n++) {
      const at = i + Math.floor(2 * random());
      if (at < total) counts[at]++;
    }
    rows.push({ id: `once${i}`, counts });
  }
  const sum = counts => counts.reduce((a, b) => a + b, 0);
  return {
    before: {
      exposure: minutes,
      templates: rows
        .map(({ id, counts }) => ({ id, count: sum(counts.subarray(0, minutes)), buckets: counts.subarray(0, minutes) }))
        .filter(({ count }) => count > 0),
      bucketExposure: new Float64Array(minutes).fill(1),
    },
    after: {
      exposure: window,
      templates: rows.map(({ id, counts }) => ({ id, count: sum(counts.subarray(minutes)) })).filter(({ count }) => count > 0),
    },
  };
}
