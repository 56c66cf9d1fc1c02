import type { Labels } from '../../model/series.ts';

/**
 * The name under which a series stands in a chart: the query's own pattern filled with labels, else name and labels.
 * @param pattern `{{service}} p95`, with its variables filled in; undefined = none
 * @param series its name (`''` for what was computed) and labels
 * @param query what is shown where there is neither name nor label
 * @returns a label that the series lacks leaves nothing behind, as with the vendor
 * @example legendOf('{{ pod }} of {{job}}', { name: '', labels: { pod: 'a', job: 'b' } }, 'up') // => 'a of b'
 * @example legendOf(undefined, { name: 'up', labels: { job: 'b' } }, 'up') // => 'up{job="b"}'
 */
export function legendOf(pattern: string | undefined, series: { readonly name: string; readonly labels: Labels }, query: string): string {
  if (pattern !== undefined) {
    const filled = pattern.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, label: string) =>
      label === '__name__' ? series.name : (series.labels[label] ?? ''),
    );
    if (filled.trim() !== '') return filled.trim();
  }
  const labels = Object.entries(series.labels).filter(([label, value]) => label !== '__name__' && value !== '');
  if (labels.length === 0) return series.name === '' ? query : series.name;
  return `${series.name}{${labels.map(([label, value]) => `${label}="${value}"`).join(', ')}}`;
}
