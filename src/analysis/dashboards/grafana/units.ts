/** Grafana's ids of units to UCUM. What only formats a number (`short`, `none`, `locale`, dates) says no unit. */
const UNITS: Readonly<Record<string, string>> = {
  percent: '%',
  percentunit: '1',
  humidity: '%',
  dB: 'dB',
  ppm: '[ppm]',
  conppb: '[ppb]',
  bytes: 'By',
  decbytes: 'By',
  bits: 'bit',
  decbits: 'bit',
  kbytes: 'KiBy',
  deckbytes: 'kBy',
  mbytes: 'MiBy',
  decmbytes: 'MBy',
  gbytes: 'GiBy',
  decgbytes: 'GBy',
  tbytes: 'TiBy',
  dectbytes: 'TBy',
  pbytes: 'PiBy',
  decpbytes: 'PBy',
  pps: '{packet}/s',
  Bps: 'By/s',
  binBps: 'By/s',
  bps: 'bit/s',
  binbps: 'bit/s',
  KBs: 'kBy/s',
  MBs: 'MBy/s',
  GBs: 'GBy/s',
  TBs: 'TBy/s',
  PBs: 'PBy/s',
  KiBs: 'KiBy/s',
  MiBs: 'MiBy/s',
  GiBs: 'GiBy/s',
  TiBs: 'TiBy/s',
  PiBs: 'PiBy/s',
  Kbits: 'kbit/s',
  Mbits: 'Mbit/s',
  Gbits: 'Gbit/s',
  Tbits: 'Tbit/s',
  Pbits: 'Pbit/s',
  Kibits: 'Kibit/s',
  Mibits: 'Mibit/s',
  Gibits: 'Gibit/s',
  Tibits: 'Tibit/s',
  Pibits: 'Pibit/s',
  hertz: 'Hz',
  ns: 'ns',
  µs: 'us',
  μs: 'us',
  us: 'us',
  ms: 'ms',
  s: 's',
  m: 'min',
  h: 'h',
  d: 'd',
  dtdurationms: 'ms',
  dtdurations: 's',
  dthms: 's',
  dtdhms: 's',
  timeticks: 'cs',
  clockms: 'ms',
  clocks: 's',
  cps: '1/s',
  ops: '{operation}/s',
  reqps: '{request}/s',
  rps: '{read}/s',
  wps: '{write}/s',
  iops: '{operation}/s',
  eps: '{event}/s',
  mps: '{message}/s',
  recps: '{record}/s',
  rowsps: '{row}/s',
  cpm: '1/min',
  opm: '{operation}/min',
  reqpm: '{request}/min',
  rpm: '{read}/min',
  wpm: '{write}/min',
  epm: '{event}/min',
  mpm: '{message}/min',
  recpm: '{record}/min',
  rowspm: '{row}/min',
  flops: '{operation}/s',
  rotrpm: '{rotation}/min',
  rothz: 'Hz',
  watt: 'W',
  kwatt: 'kW',
  megwatt: 'MW',
  gwatt: 'GW',
  mwatt: 'mW',
  joule: 'J',
  amp: 'A',
  kamp: 'kA',
  mamp: 'mA',
  volt: 'V',
  kvolt: 'kV',
  mvolt: 'mV',
  celsius: 'Cel',
  fahrenheit: '[degF]',
  kelvin: 'K',
  massmg: 'mg',
  massg: 'g',
  masskg: 'kg',
  lengthmm: 'mm',
  lengthm: 'm',
  lengthkm: 'km',
  degree: 'deg',
  radian: 'rad',
  pressurepa: 'Pa',
  pressurehpa: 'hPa',
  pressurekpa: 'kPa',
  litre: 'L',
  mlitre: 'mL',
  m3: 'm3',
};

/** They say how a number is written, not what it counts. */
const FORMATS = /^(?:none|short|sishort|string|locale|sci|hex|hex0x|pixel|bool|bool_yes_no|bool_on_off|dateTime\w*)$/;
/** Abbreviations before "per second"; more would read "maps" as a rate. */
const SHORT_RATE = /^(err|error|conn|msg|rec|row|txn|tx|cmd|job|pkt|sess|req|query|q|t|w|r)ps$/i;
/** An editor's own words that name a rate: `items/sec`, `errors / min`. */
const RATE = /^([a-z][\w .-]*?)?\s*\/\s*(s|sec|second|m|min|minute)s?$/i;

/**
 * The unit that a Grafana panel shows its values in. Its own words for a unit (`suffix:conns`, `items/sec`) are kept as annotations.
 * @param id as the panel has it
 * @returns UCUM; `''` when it says no unit
 * @see https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit
 * @example unitOfGrafana('percentunit') // => '1'
 * @example unitOfGrafana('items/sec') // => '{items}/s'
 */
export function unitOfGrafana(id: string | undefined): string {
  if (id === undefined || id === '' || FORMATS.test(id)) return '';
  if (Object.hasOwn(UNITS, id)) return UNITS[id]!;
  const currency = /^currency(?::\w+:)?([A-Zµμm]{3,4}|[€£$¥])/.exec(id);
  if (currency) return `{${currency[1]}}`;
  const own = id.replace(/^(?:suffix|prefix|count|si|time):/, '').trim();
  if (own !== id && Object.hasOwn(UNITS, own)) return UNITS[own]!;
  if (id.startsWith('time:') || own === '') return '';
  const rate = RATE.exec(own);
  if (rate) return `${rate[1] ? `{${word(rate[1])}}` : '1'}/${/^s/i.test(rate[2]!) ? 's' : 'min'}`;
  const perSecond = SHORT_RATE.exec(own)?.[1];
  if (perSecond !== undefined) return `{${perSecond}}/s`;
  return `{${word(own)}}`;
}

function word(own: string): string {
  return own.trim().replace(/[{}\s/]+/g, '_');
}
