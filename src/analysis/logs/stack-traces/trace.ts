/** One call in a trace, the place that was being executed first. */
export interface Frame {
  /** Class, package or script module, cleaned of generated parts. */
  readonly module?: string;
  readonly file?: string;
  readonly function?: string;
  readonly line?: number;
  /** Code of the application rather than of its language, its framework or a library. */
  readonly inApp: boolean;
}

export interface TracedException {
  readonly type: string;
  readonly message: string;
  /** Innermost call first, whatever the language prints. */
  readonly frames: readonly Frame[];
}

/** How one language prints its traces. */
export interface TraceLanguage {
  readonly language: string;
  /** The frame that a line shows; `next` is the line behind it, for languages that use two. */
  frame(line: string, next: string | undefined): Frame | undefined;
  /** All exceptions of a text that has at least one frame (or heading) of this language, outermost first. */
  read(lines: readonly string[]): TracedException[];
}

/** Fields that are known, without `undefined` members. */
export function frameOf(
  inApp: boolean,
  module: string | undefined,
  file: string | undefined,
  name: string | undefined,
  line: string | number | undefined,
): Frame {
  const number = line === undefined ? Number.NaN : Number(line);
  return {
    ...(module ? { module } : {}),
    ...(file ? { file } : {}),
    ...(name ? { function: name } : {}),
    ...(number >= 0 ? { line: number } : {}),
    inApp,
  };
}

/** `Type: message` with a name that is an exception's by its ending. */
const TYPED =
  /(?:^|[\s:(>])((?:[\w$]+[.:\\]{1,2})*[A-Z_][\w$]*(?:Exception|Error|Throwable|Failure|Fault|Interrupt|Exit|Warning|Panic))(?:\s*\[[\w-]+\])?(?::\s?(.*)|[;\s]*$)/;

/** Type and message named in a line, by the usual endings of exception names. */
export function typeIn(line: string): { type: string; message: string } | undefined {
  const found = TYPED.exec(line.length > 2000 ? line.slice(0, 2000) : line);
  return found ? { type: found[1]!, message: (found[2] ?? '').trim() } : undefined;
}

/** The heading of an exception from the lines before its first frame: the first typed line, with the lines behind it as message. */
export function headingOf(lines: readonly string[]): { type: string; message: string } {
  for (let i = 0; i < lines.length; i++) {
    const found = typeIn(lines[i]!);
    if (!found) continue;
    const more = lines.slice(i + 1).filter(line => line.trim() !== '');
    return { type: found.type, message: [found.message, ...more.map(line => line.trim())].join('\n').trim() };
  }
  const last = lines.findLast(line => line.trim() !== '')?.trim() ?? '';
  return { type: '', message: last };
}

/** Reads a text in which each exception is a heading with its frames below, and `marker` begins the next cause. */
export function readBlocks(
  lines: readonly string[],
  frame: (line: string, next: string | undefined) => Frame | undefined,
  marker: RegExp,
): TracedException[] {
  const exceptions: { type: string; message: string; frames: Frame[] }[] = [];
  let heading: string[] = [];
  let frames: Frame[] = [];
  const close = (): void => {
    if (frames.length === 0 && heading.every(line => line.trim() === '')) return;
    exceptions.push({ ...headingOf(heading), frames });
    heading = [];
    frames = [];
  };
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const cause = marker.exec(line);
    if (cause) {
      close();
      heading = [line.slice(cause.index + cause[0].length)];
      continue;
    }
    const found = frame(line, lines[i + 1]);
    if (found) frames.push(found);
    else if (frames.length === 0) heading.push(line);
  }
  close();
  return exceptions;
}

/** The last part of a path, whatever its separators. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
