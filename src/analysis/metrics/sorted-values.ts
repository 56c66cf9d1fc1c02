/** Values of a block, and blocks of a page: an insertion moves some thirty values, the split of a block as many blocks. */
const SIZE = 64;
const HALF = SIZE / 2;
const DIRECTORY = 1024;

/**
 * The distinct values of a stream in order, for nearest neighbours among a million of them: blocks of at most 64 doubles on pages of at
 * most 64 blocks. Pages are found through a directory of equal steps, so that evenly spread values need next to no search for theirs.
 */
export class SortedValues {
  /** Distinct values held. */
  size = 0;
  private values = new Float64Array(SIZE);
  private blocks = 0;
  /** On the page in slot s, from s · 64 on, by rank: largest value of a block, its slot in `values`, and how many it holds. */
  private maxima = new Float64Array(SIZE);
  private slots = new Int32Array(SIZE);
  private sizes = new Int32Array(SIZE);
  /** By rank of the page: its slot, how many blocks it holds, its largest value. */
  private pageSlots = new Int32Array(1);
  private pageSizes = new Int32Array(1);
  private pageMaxima = new Float64Array(1);
  private pages = 0;
  /** Rank of the first page for each step, as of the last new page; what lies outside is searched for among all. */
  private readonly directory = new Int32Array(DIRECTORY + 1);
  /** Least value of the directory, and steps per unit; in an array because a number in a field is a new object at every change. */
  private readonly steps = Float64Array.of(Number.NaN, 0);
  /** Where `find` stopped: rank of the page, place of the block among `slots`, first place in `values` that is not below the value. */
  private page = 0;
  private block = 0;
  private at = 0;

  /** Cost O(log n) and a few dozen moves; nothing is moved for a value that is held already. */
  add(value: number): void {
    this.find(value);
    this.insert(value);
  }

  /** Distance from `value` to the nearest value held; 0 while there is none. */
  distanceTo(value: number): number {
    this.find(value);
    return this.distance(value);
  }

  /** Right after `distanceTo` the same value: the place is known. */
  insertFound(value: number): void {
    this.insert(value);
  }

  /** Where the last search stopped, as three numbers for `addAt`. */
  place(into: Int32Array, from: number): void {
    into[from] = this.page;
    into[from + 1] = this.block;
    into[from + 2] = this.at;
  }

  /** Like `add`, for a value whose place was found a few values ago. */
  addAt(value: number, page: number, block: number, at: number): void {
    if (!this.still(value, page, block, at)) this.find(value);
    this.insert(value);
  }

  private distance(value: number): number {
    if (this.blocks === 0) return 0;
    const start = this.slots[this.block]! * SIZE;
    const above = this.at < start + this.sizes[this.block]! ? this.values[this.at]! - value : Number.POSITIVE_INFINITY;
    if (this.at > start) return Math.min(above, value - this.values[this.at - 1]!);
    if (this.block % SIZE > 0) return Math.min(above, value - this.maxima[this.block - 1]!);
    return this.page > 0 ? Math.min(above, value - this.pageMaxima[this.page - 1]!) : above;
  }

  /** Whether a place found some values ago is still where `find` would stop, without the search. */
  private still(value: number, page: number, block: number, at: number): boolean {
    const start = this.slots[block]! * SIZE;
    if (!(at >= start && at < start + this.sizes[block]! && page < this.pages && this.values[at]! >= value)) return false;
    if (block < this.pageSlots[page]! * SIZE || block >= this.pageSlots[page]! * SIZE + this.pageSizes[page]!) return false;
    if (at === start || !(this.values[at - 1]! < value)) return false;
    this.page = page;
    this.block = block;
    this.at = at;
    return true;
  }

  private find(value: number): void {
    if (this.blocks === 0) return;
    const last = this.pages - 1;
    let lo = 0;
    let hi = last;
    const step = (value - this.steps[0]!) * this.steps[1]!;
    if (step >= 0 && step < DIRECTORY) {
      lo = this.directory[step | 0]!;
      hi = this.directory[(step | 0) + 1]!;
      // Rounding may put a value at the edge of two steps into the wrong one.
      while (lo > 0 && this.pageMaxima[lo - 1]! >= value) lo--;
      while (hi < last && this.pageMaxima[hi]! < value) hi++;
    }
    this.page = firstNotBelow(this.pageMaxima, lo, hi, value);
    const below = this.page > 0 ? this.pageMaxima[this.page - 1]! : this.steps[0]!;
    const from = this.pageSlots[this.page]! * SIZE;
    this.block = near(this.maxima, from, from + this.pageSizes[this.page]! - 1, value, below, this.pageMaxima[this.page]!);
    const start = this.slots[this.block]! * SIZE;
    const least = this.block > from ? this.maxima[this.block - 1]! : below;
    this.at = near(this.values, start, start + this.sizes[this.block]!, value, least, this.maxima[this.block]!);
  }

  private insert(value: number): void {
    if (this.blocks === 0) {
      this.size = 1;
      this.blocks = 1;
      this.pages = 1;
      this.pageSizes[0] = 1;
      this.sizes[0] = 1;
      this.values[0] = value;
      this.maxima[0] = value;
      this.pageMaxima[0] = value;
      return;
    }
    const end = this.slots[this.block]! * SIZE + this.sizes[this.block]!;
    if (this.at < end && this.values[this.at] === value) return;
    if (this.sizes[this.block] === SIZE) {
      this.splitBlock();
      this.add(value);
      return;
    }
    this.size++;
    const values = this.values;
    for (let i = end; i > this.at; i--) values[i] = values[i - 1]!;
    values[this.at] = value;
    this.sizes[this.block]!++;
    if (this.at < end) return;
    // Above all others: only then is a block reached whose largest value is smaller.
    this.maxima[this.block] = value;
    this.pageMaxima[this.page] = value;
  }

  private splitBlock(): void {
    if (this.pageSizes[this.page] === SIZE) {
      const value = this.maxima[this.block]!;
      this.splitPage();
      this.find(value);
    }
    if (this.values.length === this.blocks * SIZE) this.values = grown(this.values, new Float64Array(2 * this.values.length));
    const from = this.slots[this.block]! * SIZE;
    const to = this.blocks++ * SIZE;
    this.values.copyWithin(to, from + HALF, from + SIZE);
    const end = this.pageSlots[this.page]! * SIZE + this.pageSizes[this.page]!++;
    for (let b = end; b > this.block; b--) {
      this.maxima[b] = this.maxima[b - 1]!;
      this.slots[b] = this.slots[b - 1]!;
      this.sizes[b] = this.sizes[b - 1]!;
    }
    this.maxima[this.block] = this.values[from + HALF - 1]!;
    this.sizes[this.block] = HALF;
    this.sizes[this.block + 1] = HALF;
    this.slots[this.block + 1] = to / SIZE;
  }

  private splitPage(): void {
    const n = this.pages;
    if (n === this.pageSlots.length) {
      for (const name of ['pageSlots', 'pageSizes'] as const) this[name] = grown(this[name], new Int32Array(2 * n));
      this.pageMaxima = grown(this.pageMaxima, new Float64Array(2 * n));
    }
    const room = this.pageSlots.length * SIZE;
    if (this.maxima.length < room) {
      for (const name of ['slots', 'sizes'] as const) this[name] = grown(this[name], new Int32Array(room));
      this.maxima = grown(this.maxima, new Float64Array(room));
    }
    const from = this.pageSlots[this.page]! * SIZE;
    for (const column of [this.maxima, this.slots, this.sizes]) column.copyWithin(n * SIZE, from + HALF, from + SIZE);
    for (const column of [this.pageSlots, this.pageSizes, this.pageMaxima]) column.copyWithin(this.page + 1, this.page, n);
    this.pageSlots[this.page + 1] = n;
    this.pageSizes[this.page] = HALF;
    this.pageSizes[this.page + 1] = HALF;
    this.pageMaxima[this.page] = this.maxima[from + HALF - 1]!;
    this.pages++;
    this.index();
  }

  /** Not after every value: a series that climbs would spend its time here. */
  private index(): void {
    const last = this.pages - 1;
    const least = this.values[this.slots[this.pageSlots[0]! * SIZE]! * SIZE]!;
    const span = this.pageMaxima[last]! - least;
    this.steps[0] = least;
    this.steps[1] = span > 0 && span < Number.POSITIVE_INFINITY ? DIRECTORY / span : 0;
    for (let step = 0, page = 0; step <= DIRECTORY; step++) {
      const edge = least + (step * span) / DIRECTORY;
      while (page < last && this.pageMaxima[page]! < edge) page++;
      this.directory[step] = page;
    }
  }
}

/**
 * First place in [lo, hi) whose number is not below `value`, or `hi`. Halving without branches was slower: a guessed branch fetches
 * memory ahead.
 */
function firstNotBelow(sorted: Float64Array, lo: number, hi: number, value: number): number {
  while (lo < hi) {
    const middle = (lo + hi) >> 1;
    if (sorted[middle]! < value) lo = middle + 1;
    else hi = middle;
  }
  return lo;
}

/**
 * The same, from where the value would be if the numbers between `low` and `high` were spread evenly, step by step: fewer wrong guesses
 * and less memory touched than by halving.
 */
function near(sorted: Float64Array, lo: number, hi: number, value: number, low: number, high: number): number {
  const share = (value - low) / (high - low);
  let i = share > 0 && share < 1 ? lo + ((share * (hi - lo)) | 0) : share >= 1 ? hi : lo;
  while (i < hi && sorted[i]! < value) i++;
  while (i > lo && sorted[i - 1]! >= value) i--;
  return i;
}

function grown<T extends Float64Array | Int32Array>(from: T, into: T): T {
  into.set(from);
  return into;
}

/** Beyond so many values only those are kept that say something new: memory and cost end to grow, and fit the processor's cache. */
const PLENTY = 32_768;

/** Values that count as seen only some values later: a level that lasts must not be its own past. */
export class DelayedValues {
  private readonly seen = new SortedValues();
  private readonly values: Float64Array;
  private readonly places: Int32Array;
  private next = 0;

  /** @param delay values until one counts as seen; 0 = at once */
  constructor(delay: number) {
    this.values = new Float64Array(delay).fill(Number.NaN);
    this.places = new Int32Array(3 * delay);
  }

  /** Distance to the nearest value seen; 0 while there is none. */
  distanceTo(value: number): number {
    return this.seen.distanceTo(value);
  }

  /** Right after `distanceTo` the same value; one that is no news is kept only while there are few. */
  keep(value: number, news: boolean): void {
    const { seen, values, places, next } = this;
    const kept = news || seen.size < PLENTY;
    if (values.length === 0) {
      if (kept) seen.insertFound(value);
      return;
    }
    const old = values[next]!;
    const place = 3 * next;
    const page = places[place]!;
    const block = places[place + 1]!;
    const at = places[place + 2]!;
    values[next] = kept ? value : Number.NaN;
    seen.place(places, place);
    this.next = next + 1 === values.length ? 0 : next + 1;
    if (!Number.isNaN(old)) seen.addAt(old, page, block, at);
  }
}
