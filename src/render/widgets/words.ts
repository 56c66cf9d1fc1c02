import type { Drawn, Look, PanelPicture, Size } from '../picture.ts';
import { circle, label } from '../svg.ts';
import { fitted, textWidth, wrappedText } from '../text.ts';
import type { Theme } from '../theme.ts';
import { table } from './table.ts';

const SIZE = 12;
const ROW = 17;

/** A panel of text. Of Markdown and HTML the words remain, with headings and lists recognisable. */
export function textPanel({ width, height }: Size, panel: PanelPicture, { theme }: Look): Drawn {
  const most = Math.max(1, Math.floor(height / ROW));
  const lines: { text: string; isHeading: boolean }[] = [];
  for (const raw of (panel.widget.text ?? '').split('\n')) {
    const isHeading = /^\s*#{1,6}\s|^\s*<h\d/i.test(raw);
    const text = plainText(raw);
    if (text === '' && (lines.length === 0 || lines.at(-1)?.text === '')) continue;
    const lettering = { size: SIZE, bold: isHeading };
    for (const one of wrappedText(text, width - 8, most + 1, lettering)) lines.push({ text: one, isHeading });
    if (lines.length > most) break;
  }
  const shown = lines.length > most ? [...lines.slice(0, most - 1), { text: '…', isHeading: false }] : lines;
  return { svg: shown.map(({ text, isHeading }, i) => label(4, 12 + i * ROW, text, theme.text, { size: SIZE, bold: isHeading })).join('') };
}

function plainText(line: string): string {
  return line
    .replace(/<[^<>]*>/g, '')
    .replace(/!?\[([^[\]]*)\]\([^()]*\)/g, '$1')
    .replace(/^\s*#{1,6}\s*/, '')
    .replace(/^\s*[-*+]\s+/, '• ')
    .replace(/\*\*|__|`/g, '')
    .replace(/(^|[\s(])[*_]([^*_]+)[*_](?=[\s).,;:!?]|$)/g, '$1$2')
    .replace(/&(?:nbsp|#160);/g, ' ')
    .trim();
}

/** Lines of a log: time, level in its colour, the beginning of the message. Rows with other columns are a table. */
export function logLines(size: Size, panel: PanelPicture, look: Look): Drawn {
  const rows = panel.rows ?? [];
  if (rows.length === 0 || !('message' in rows[0]!)) return table(size, panel, look);
  const { theme } = look;
  const small = { size: 11 };
  const most = Math.max(1, Math.floor(size.height / 15));
  const shown = rows.slice(0, rows.length > most ? Math.max(1, most - 1) : most);
  const timeWidth = Math.max(...shown.map(row => textWidth(String(row['time'] ?? ''), small)));
  const levelWidth = Math.max(...shown.map(row => textWidth(String(row['level'] ?? ''), { ...small, bold: true })));
  const at = [
    4,
    4 + timeWidth + (timeWidth > 0 ? 10 : 0),
    4 + timeWidth + (timeWidth > 0 ? 10 : 0) + levelWidth + (levelWidth > 0 ? 10 : 0),
  ] as const;
  const svg = shown.map((row, i) => {
    const level = String(row['level'] ?? '');
    const y = 11 + i * 15;
    return (
      label(at[0], y, fitted(String(row['time'] ?? ''), size.width, small), theme.muted, small) +
      label(at[1], y, fitted(level, size.width - at[1], { ...small, bold: true }), levelColor(level, theme), { ...small, bold: true }) +
      label(at[2], y, fitted(String(row['message']), size.width - at[2] - 4, small), theme.text, small)
    );
  });
  const hidden = rows.length - shown.length;
  const more = hidden > 0 ? label(4, 11 + shown.length * 15, `+ ${hidden} more lines`, theme.muted, small) : '';
  return { svg: svg.join('') + more, ...(hidden > 0 ? { unnamed: hidden } : {}) };
}

/** Alarms: what they are about, beside a dot in the colour of their state. */
export function alarmList(size: Size, panel: PanelPicture, look: Look): Drawn {
  const rows = panel.rows ?? [];
  if (rows.length === 0 || !('state' in rows[0]!)) return table(size, panel, look);
  const { theme } = look;
  const most = Math.max(1, Math.floor(size.height / ROW));
  const shown = rows.slice(0, rows.length > most ? Math.max(1, most - 1) : most);
  const svg = shown.map((row, i) => {
    const state = String(row['state']);
    const since = String(row['since'] ?? '');
    const color = stateColor(state, theme);
    const y = 12 + i * ROW;
    const right = size.width - 4;
    const [stateWidth, sinceWidth] = [textWidth(state, { size: SIZE }), textWidth(since, { size: 11 })];
    const name = fitted(String(row['name'] ?? ''), right - sinceWidth - stateWidth - 40, { size: SIZE });
    return (
      circle(10, y - 4, 4, color) +
      label(20, y, fitted(state, 120, { size: SIZE }), color, { size: SIZE }) +
      label(28 + Math.min(120, stateWidth), y, name, theme.text, { size: SIZE }) +
      label(right, y, since, theme.muted, { size: 11, anchor: 'end' })
    );
  });
  const hidden = rows.length - shown.length;
  const more = hidden > 0 ? label(20, 12 + shown.length * ROW, `+ ${hidden} more`, theme.muted, { size: 11 }) : '';
  return { svg: svg.join('') + more, ...(hidden > 0 ? { unnamed: hidden } : {}) };
}

function levelColor(level: string, theme: Theme): string {
  if (/^(?:fatal|crit|emerg|alert|error)/i.test(level)) return theme.critical;
  return /^warn/i.test(level) ? theme.warning : theme.muted;
}

function stateColor(state: string, theme: Theme): string {
  if (/^(?:firing|alarm|alerting|critical|page|error|down)/i.test(state)) return theme.critical;
  if (/^(?:pending|warn|insufficient|no.?data|unknown)/i.test(state)) return theme.warning;
  return /^(?:ok|normal|resolved|inactive|up|green)/i.test(state) ? theme.ok : theme.muted;
}
