import type { Millis } from '../../model/time.ts';

export interface FilesSourceOptions {
  /** Folders, files or globs (`*`, `**`, `?`); read as one. */
  readonly paths: string[];
  /** Further folders that links may lead into. @default [] */
  readonly allow?: string[];
  /** @default 'files' */
  readonly id?: string;
  /** IANA zone of times that carry none; a bundle's own `zone` comes second. @default 'UTC' */
  readonly zone?: string;
  /** For stamps without a year. @default the file's time of change */
  readonly now?: Millis;
}

export interface FilesOptions {
  readonly id: string;
  readonly zone: string | undefined;
  readonly now: Millis | undefined;
}
