import type { Shell } from './shell.ts';

const WIDTH = 24;

export interface ProgressBar {
  show(done: number, total?: number, text?: string): void;
  /** Removes the bar, so that what follows stands alone. */
  clear(): void;
}

/** One line on a terminal that is redrawn in place; nothing where standard error is a file or a pipe. */
export function progressBar({ errors }: Shell): ProgressBar {
  if (!errors.isTTY) return { show() {}, clear() {} };
  let drawn = '';
  return {
    show(done, total, text = '') {
      const share = total && total > 0 ? Math.min(1, done / total) : undefined;
      const bar = share === undefined ? '' : `[${'#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH)}] ${Math.round(share * 100)} % `;
      const line = `${bar}${text}`.slice(0, Math.max(20, (errors.columns ?? 80) - 1));
      if (line === drawn) return;
      drawn = line;
      errors.write(`\r\u001b[2K${line}`);
    },
    clear() {
      if (drawn) errors.write('\r\u001b[2K');
      drawn = '';
    },
  };
}
