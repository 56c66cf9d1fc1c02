// Compiled to WebAssembly by scripts/compile-assembly.mjs: the part of reading logs that looks at every byte of every line. src/analysis/logs/line-scanner.ts is
// its only user and says what the parts mean. AssemblyScript, because JavaScript has no instruction for 16 bytes at a time (docs/decisions/log-speed.md).

// Places in memory. The host knows these numbers too: test/analysis/logs/line-scanner.test.ts fails where they differ.
/** What a scan says beside its count of rows. */
const RESULT: usize = 0x8000;
/** Where the blank runs of the line read last begin and end; `ENDS[0]` is the beginning of the line. */
const STARTS: usize = 0x9000;
const ENDS: usize = 0x9800;
const PICTURES: usize = 0xa000;
const WINDOW: usize = 0x10000;
/** One bit for each byte of the window, a map for each class. A map lies between zeros, because words are read across its ends. */
const MAP: usize = 0x2200;
const DIGITS: usize = 0x21000;
const LETTERS: usize = DIGITS + MAP;
const HEX_LETTERS: usize = LETTERS + MAP;
const RUNS: usize = HEX_LETTERS + MAP;
const LINE_ENDS: usize = RUNS + MAP;
const FOREIGN: usize = LINE_ENDS + MAP;
const ROW_T: usize = 0x30000;
const ROW_KIND: usize = 0x40000;
const ROW_PICTURE: usize = 0x48000;
/** Six columns: body, service and instance, from and to. */
const ROW_PLACES: usize = 0x50000;
const COLUMN: usize = 0x8000;
const KINDS: usize = 0x80000;
const TABLE: usize = 0x180000;
/** For lines in a wrapper: when it came in. */
const ROW_ARRIVAL: usize = 0x280000;
const ROW_ARRIVAL_PICTURE: usize = 0x290000;
/** Where the line of a row begins. */
const ROW_START: usize = 0x298000;

const MOST_ROWS: i32 = 0x2000;
const SLOTS: u32 = 0xffff;
const LONGEST: u32 = 511;
/** A value in quotes that may end farther away than this may or may not be one variable. */
const QUOTED: u32 = 200;
const PICTURE_COUNT: i32 = 32;
/** `NO_YEAR` of timestamps.ts. */
const NO_YEAR: i32 = 2;

const NOWHERE: u32 = 0xffffffff;

// Why a scan stopped.
const AT_END: i32 = 0;
const NO_SKELETON: i32 = 1;
const UNKNOWN: i32 = 2;
const REFUSED: i32 = 3;
const OTHER_STAMP: i32 = 4;

/** What a run begins or ends with: 1 a digit, 2 a letter up to f, 3 another one, 4 a dash, 5 an underscore. */
const EDGES: usize = 0xf000;

for (let c: usize = 0; c < 128; c++) {
  const small = <u32>c | 32;
  store<u8>(EDGES + c, <u32>c - 48 < 10 ? 1 : small - 97 < 6 ? 2 : small - 97 < 26 ? 3 : c === 45 ? 4 : c === 95 ? 5 : 0);
}

/** Valid bytes of the window, and where it begins in the block. */
let length: u32 = 0;
let base: u32 = 0;
let runs: i32 = 0;
let key: u64 = 0;
let time: f64 = 0;

/** Where a picture names its owner, 0 = none. */
const OWNER: usize = 424;

/** Sorts `size` bytes of the window into classes. `place` is added to every place that a scan gives. */
export function classify(size: u32, place: u32): void {
  length = size;
  base = place;
  // what the last window held
  memory.fill(WINDOW + size, 0, 64);
  let map: usize = 0;
  for (let i: usize = 0; i <= size; i += 16, map += 2) {
    const c = v128.load(WINDOW + i);
    const digit = i8x16.lt_u(i8x16.sub(c, i8x16.splat(48)), i8x16.splat(10));
    const small = i8x16.sub(v128.or(c, i8x16.splat(32)), i8x16.splat(97));
    const letter = i8x16.lt_u(small, i8x16.splat(26));
    const hex = i8x16.lt_u(small, i8x16.splat(6));
    const joint = v128.or(i8x16.eq(c, i8x16.splat(45)), i8x16.eq(c, i8x16.splat(95)));
    const foreign = v128.or(i8x16.lt_s(c, i8x16.splat(1)), i8x16.eq(c, i8x16.splat(27)));
    store<u16>(DIGITS + map, <u16>i8x16.bitmask(digit));
    store<u16>(LETTERS + map, <u16>i8x16.bitmask(letter));
    store<u16>(HEX_LETTERS + map, <u16>i8x16.bitmask(hex));
    store<u16>(RUNS + map, <u16>i8x16.bitmask(v128.or(v128.or(digit, letter), joint)));
    store<u16>(LINE_ENDS + map, <u16>i8x16.bitmask(i8x16.eq(c, i8x16.splat(10))));
    store<u16>(FOREIGN + map, <u16>i8x16.bitmask(foreign));
  }
  for (let i: usize = 0; i < 6; i++) store<u64>(DIGITS + i * MAP + map, 0);
}

/**
 * Reads lines from a place of the window on, as long as their kinds are known, and writes a row for each.
 *
 * Gives the number of rows; then `RESULT` holds the place where it stopped, why, the key of the line there in two halves, and the number of its blank runs.
 */
export function scan(from: u32): i32 {
  let at = from;
  let row: i32 = 0;
  let why = AT_END;
  while (at < length && row < MOST_ROWS) {
    const end = nextBit(LINE_ENDS, at, length);
    if (end >= length) break;
    if (!readSkeleton(at, end)) {
      why = NO_SKELETON;
      break;
    }
    const number = find(key);
    if (number < 0) {
      why = number === -1 ? UNKNOWN : REFUSED;
      break;
    }
    const kind = KINDS + (<usize>number << 6);
    // two skeletons of one key: nobody has seen it, but a place outside the line would be worse than a line read in full
    if (load<i32>(kind) !== runs) {
      why = REFUSED;
      break;
    }
    let arrivalPicture = -1;
    let arrival: f64 = 0;
    const arrivalPlace = load<u32>(kind + 40);
    if (arrivalPlace !== NOWHERE) {
      arrivalPicture = pictureOf(kind + 44, 0, placeOf(arrivalPlace), end);
      if (arrivalPicture < 0) {
        why = OTHER_STAMP;
        break;
      }
      arrival = time;
    }
    const picture = pictureOf(kind + 8, load<i32>(kind + 12), placeOf(load<u32>(kind + 4)), end);
    if (picture < 0) {
      why = OTHER_STAMP;
      break;
    }
    const index = <usize>row << 2;
    store<f64>(ROW_T + (index << 1), time);
    store<i32>(ROW_KIND + index, number);
    store<i32>(ROW_PICTURE + index, picture);
    store<f64>(ROW_ARRIVAL + (index << 1), arrival);
    store<i32>(ROW_ARRIVAL_PICTURE + index, arrivalPicture);
    store<u32>(ROW_START + index, base + at);
    for (let part: usize = 0; part < 6; part++) {
      const place = load<u32>(kind + 16 + (part << 2));
      store<u32>(ROW_PLACES + part * COLUMN + index, place === NOWHERE ? place : base + placeOf(place));
    }
    row++;
    at = end + 1;
  }
  store<u32>(RESULT, at + base);
  store<i32>(RESULT + 4, why);
  store<u64>(RESULT + 8, key);
  store<i32>(RESULT + 16, runs);
  return row;
}

/** The skeleton of the window's bytes between two places: its key into `RESULT`; 0 = it has none. */
export function skeleton(lo: u32, hi: u32): i32 {
  if (nextBit(LINE_ENDS, lo, hi) < hi || !readSkeleton(lo, hi)) return 0;
  store<u64>(RESULT + 8, key);
  return 1;
}

/** Notes the number of the skeleton with a key; the key must not be there yet. */
export function enter(low: u32, high: u32, number: i32): void {
  const entry = slotOf((<u64>high << 32) | <u64>low);
  store<u64>(entry, (<u64>high << 32) | <u64>low);
  store<i32>(entry + 8, number);
}

/** The number that was entered for a key, -1 = none. */
export function lookUp(low: u32, high: u32): i32 {
  return find((<u64>high << 32) | <u64>low);
}

/** Forgets kinds and pictures. */
export function forget(): void {
  memory.fill(TABLE, 0, (SLOTS + 1) << 4);
  memory.fill(PICTURES, 0, <usize>PICTURE_COUNT << 9);
}

function slotOf(wanted: u64): usize {
  let slot = <u32>(wanted ^ (wanted >> 40)) & SLOTS;
  while (true) {
    const entry = TABLE + (<usize>slot << 4);
    const found = load<u64>(entry);
    if (found === wanted || found === 0) return entry;
    slot = (slot + 1) & SLOTS;
  }
}

function find(wanted: u64): i32 {
  const entry = slotOf(wanted);
  return load<u64>(entry) === 0 ? -1 : load<i32>(entry + 8);
}

/** A place is given by the blank run before it (16 bits, 0 = the beginning of the line) and the characters behind that run. */
// @ts-ignore: decorator
@inline
function placeOf(place: u32): u32 {
  return load<u32>(ENDS + ((<usize>place >> 16) << 2)) + (place & 0xffff);
}

/** At least 57 bits of a map from a place on. */
// @ts-ignore: decorator
@inline
function bitsFrom(map: usize, at: u32): u64 {
  return load<u64>(map + (<usize>at >> 3)) >> <u64>(at & 7);
}

/** The first place from `at` on whose bit is set, `end` or beyond = none before it. */
// @ts-ignore: decorator
@inline
function nextBit(map: usize, at: u32, end: u32): u32 {
  while (at < end) {
    const bits = bitsFrom(map, at);
    if (bits !== 0) return at + <u32>ctz(bits);
    at += 64 - (at & 7);
  }
  return end;
}

/** Where the run that holds a place begins. */
// @ts-ignore: decorator
@inline
function runStart(at: u32): u32 {
  while (true) {
    // the byte of the place last, so that the bits before it are the upper ones
    const word = load<u64>(RUNS + (<usize>at >> 3) - 7) << <u64>(7 - (at & 7));
    const others = ~word;
    const before: u32 = 57 + (at & 7);
    const here = <u32>clz(others);
    // the second where the run begins with the window
    if (here < before || at < before) return at - here + 1;
    at -= before;
  }
}

/** One past the run that holds a place. */
// @ts-ignore: decorator
@inline
function runEnd(at: u32): u32 {
  while (true) {
    const others = ~bitsFrom(RUNS, at);
    const here = <u32>ctz(others);
    const valid: u32 = 64 - (at & 7);
    if (here < valid) return at + here;
    at += valid;
  }
}

/** Reads the text between two places: its key, and where its blank runs are. False when it is not plain ASCII or too long. */
function readSkeleton(lo: u32, end: u32): bool {
  runs = 0;
  if (end - lo > LONGEST) return false;
  const foreign = nextBit(FOREIGN, lo, end);
  if (foreign < end) return false;
  let h: u64 = 0x9e3779b97f4a7c15;
  let segment = lo;
  let p = lo;
  store<u32>(ENDS, lo);
  while (true) {
    const digit = nextBit(DIGITS, p, end);
    if (digit >= end) break;
    const from = runStart(digit);
    const to = runEnd(digit);
    let code = blankCode(from, to);
    p = to;
    if (code === 0 || isStatus(from, to)) continue;
    // klog's lines begin with the letter of their level
    if (from === lo && byteAt(lo) > 57) code |= byteAt(lo) << 20;
    h = mixed(h, segment, from, code);
    store<u32>(STARTS + (<usize>runs << 2), from);
    runs++;
    store<u32>(ENDS + (<usize>runs << 2), to);
    segment = to;
  }
  h = mixed(h, segment, end, 1);
  if (end - lo > QUOTED && isQuotedLong(lo, end)) return false;
  key = h === 0 ? 1 : h;
  return true;
}

/** Adds the bytes between two places and what stands behind them to a hash. */
// @ts-ignore: decorator
@inline
function mixed(hash: u64, from: u32, to: u32, code: u32): u64 {
  let h = hash ^ (((<u64>code << 32) | <u64>(to - from)) * 0xc4ceb9fe1a85ec53);
  let q: usize = WINDOW + from;
  let rest = <i32>(to - from);
  // most pieces are shorter than a word
  while (rest > 8) {
    h = (h ^ load<u64>(q)) * 0xff51afd7ed558ccd;
    h ^= h >> 32;
    q += 8;
    rest -= 8;
  }
  const word = rest === 0 ? 0 : load<u64>(q) & (<u64>-1 >> <u64>((8 - rest) << 3));
  h = (h ^ word) * 0xff51afd7ed558ccd;
  return h ^ (h >> 29);
}

/** What counts of a run with a digit that the lexer takes for a variable whatever it holds; 0 = the run stands for itself. */
// @ts-ignore: decorator
@inline
function blankCode(from: u32, to: u32): u32 {
  if (to - from > 56) return longCode(from, to);
  const mask = <u64>-1 >> <u64>(64 - (to - from));
  const digits = bitsFrom(DIGITS, from) & mask;
  // numbers are the most of them
  if (digits === mask) return 0x10009;
  const letters = bitsFrom(LETTERS, from) & mask;
  const hex = bitsFrom(HEX_LETTERS, from) & mask;
  return codeOf(from, to, <u32>popcnt(digits), hex, letters & ~hex, mask & ~(digits | letters));
}

function longCode(from: u32, to: u32): u32 {
  let digits: u32 = 0;
  let hex: u64 = 0;
  let beyond: u64 = 0;
  let joints: u64 = 0;
  for (let p = from; p < to; p += 56) {
    const mask = <u64>-1 >> <u64>(64 - min<u32>(56, to - p));
    const digitBits = bitsFrom(DIGITS, p) & mask;
    const letterBits = bitsFrom(LETTERS, p) & mask;
    const hexBits = bitsFrom(HEX_LETTERS, p) & mask;
    digits += <u32>popcnt(digitBits);
    hex |= hexBits;
    beyond |= letterBits & ~hexBits;
    joints |= mask & ~(digitBits | letterBits);
  }
  return codeOf(from, to, digits, hex, beyond, joints);
}

/** `hex`, `beyond` and `joints` are not 0 where the run has letters up to f, others, dashes or underscores. */
// @ts-ignore: decorator
@inline
function codeOf(from: u32, to: u32, digits: u32, hex: u64, beyond: u64, joints: u64): u32 {
  const first = <u32>load<u8>(EDGES + load<u8>(WINDOW + from));
  const last = <u32>load<u8>(EDGES + load<u8>(WINDOW + to - 1));
  const turned = <i32>(first === 1) & (<i32>(last === 2) | <i32>(last === 3));
  const plain = (hex | beyond) === 0;
  if (!(<i32>(digits > 2) | <i32>(joints !== 0) | <i32>plain | turned)) return 0;
  const kinds = <u32>(hex !== 0) | (<u32>(beyond !== 0) << 1) | (<u32>(joints !== 0) << 2);
  return 0x10000 | (kinds << 6) | (first << 3) | last;
}

/** Three digits behind a quotation: the status of an access line, which its level follows. */
// @ts-ignore: decorator
@inline
function isStatus(from: u32, to: u32): bool {
  return to - from === 3 && from >= 2 && load<u16>(WINDOW + from - 2) === 0x2022;
}

function isQuotedLong(lo: u32, end: u32): bool {
  const stop = end - QUOTED;
  for (let p = lo + 1; p < stop; p++) if (load<u8>(WINDOW + p) === 34 && load<u8>(WINDOW + p - 1) === 61) return true;
  return false;
}

/** The picture of an owner that fits the stamp at a place, with `time` set; the one that fitted last, kept at `last`, is asked first. */
function pictureOf(last: usize, owner: i32, at: u32, end: u32): i32 {
  const before = load<i32>(last);
  if (before >= 0 && fits(before, at, end)) return before;
  for (let i = 0; i < PICTURE_COUNT; i++) {
    if (load<i32>(PICTURES + (<usize>i << 9) + OWNER) !== owner || !fits(i, at, end)) continue;
    store<i32>(last, i);
    return i;
  }
  return -1;
}

/** `StampPicture.read`. A picture is: length, fine, fineDigits, flags (4 bytes each), base, then 40 bytes fixed, 40 most, 40 worths, and the owner. */
function fits(number: i32, at: u32, hi: u32): bool {
  const picture = PICTURES + (<usize>number << 9);
  const size = load<u32>(picture);
  const end = at + size;
  if (size === 0 || end > hi || hi - at < 8) return false;
  let t = load<f64>(picture + 16);
  const bytes: usize = WINDOW + at;
  for (let i: usize = 0; i < size; i++) {
    const c = load<u8>(bytes + i);
    const expected = load<u8>(picture + 24 + i);
    if (expected !== 0) {
      if (c !== expected) return false;
      continue;
    }
    const digit = <u32>c - 48;
    if (digit > <u32>load<u8>(picture + 64 + i)) return false;
    t += <f64>digit * load<f64>(picture + 104 + (i << 3));
  }
  if (load<i32>(picture + OWNER) === 0 && !standsAlone(at, end, hi, load<i32>(picture + 12))) return false;
  const fineDigits = load<u32>(picture + 8);
  if (fineDigits > 0) {
    const fine = <usize>load<u32>(picture + 4);
    let fraction: f64 = 0;
    let scale: f64 = 1;
    for (let i: usize = 0; i < fineDigits; i++) {
      fraction = fraction * 10 + <f64>(<i32>load<u8>(bytes + fine + i) - 48);
      scale *= 10;
    }
    t += fraction / scale;
  }
  time = t;
  return true;
}

// @ts-ignore: decorator
@inline
function byteAt(p: u32): u32 {
  return load<u8>(WINDOW + p);
}

/** `standsAlone` of stamp-picture.ts. */
function standsAlone(lo: u32, end: u32, hi: u32, flags: i32): bool {
  if (end >= hi) return true;
  let c = byteAt(end);
  let p = end;
  if (c === 46 || c === 44 || c === 58) return p + 1 >= hi || !isDigit(byteAt(p + 1));
  if (c === 32) {
    while (p < hi && byteAt(p) === 32) p++;
    if (p >= hi) return true;
    c = byteAt(p);
    if (isDigit(c)) return (flags & NO_YEAR) === 0 || isDigit(byteAt(lo));
    if (c === 43 || c === 45) return p + 1 >= hi || !isDigit(byteAt(p + 1));
  } else if (c === 43 || c === 45 || isWord(c)) return false;
  if (p === end) return true;
  const next = p + 1 < hi ? byteAt(p + 1) : 32;
  const small = c | 32;
  if ((small === 97 || small === 112) && (next | 32) === 109) return false;
  if (c < 65 || c > 90) return true;
  let q = p;
  while (q < hi && q - p < 6 && byteAt(q) >= 65 && byteAt(q) <= 90) q++;
  if (q < hi && isWord(byteAt(q))) return true;
  const last = byteAt(q - 1);
  return q - p === 1 ? last !== 90 : last !== 84 && last !== 90 && last !== 67 && last !== 75;
}

function isDigit(c: u32): bool {
  return c - 48 < 10;
}

function isWord(c: u32): bool {
  return isDigit(c) || (c | 32) - 97 < 26 || c === 95;
}
