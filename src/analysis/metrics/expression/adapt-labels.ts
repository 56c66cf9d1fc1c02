import type { Series } from '../../../model/series.ts';
import { commonLabel, plainLabel, SPELLINGS } from '../label-vocabulary.ts';

export interface Adapted {
  readonly series: readonly Series[];
  /** `app` was taken for `service`: pairs of the data's label and the one that was asked for. */
  readonly taken: ReadonlyMap<string, string>;
}

/**
 * Series with the labels that are asked for, where their own are other spellings of the same thing (`PodName` for `pod`), or where the
 * component they are about says it. A label that a series has is never touched.
 * @param wanted labels as an expression names them
 * @example adaptLabels([{ name: 'up', labels: { app: 'cart' }, unit: '', entity: { kind: 'service', name: 'cart' }, t: [], v: [] }], ['service']).series[0].labels // => { service: 'cart' }
 */
export function adaptLabels(series: readonly Series[], wanted: Iterable<string>): Adapted {
  const known = [...wanted].flatMap(label => {
    const common = commonLabel(label);
    return common === undefined ? [] : [{ label, common }];
  });
  const taken = new Map<string, string>();
  if (known.length === 0) return { series, taken };
  const adapted = series.map(one => {
    let { labels } = one;
    for (const { label, common } of known) {
      if (labels[label]) continue;
      const spellings: readonly string[] = SPELLINGS[common];
      const rank = (other: string) => spellings.indexOf(plainLabel(other));
      const [own] = Object.keys(labels)
        .filter(other => rank(other) >= 0 && labels[other] !== '')
        .sort((a, b) => rank(a) - rank(b));
      if (own !== undefined) {
        const { [own]: value, ...rest } = labels;
        labels = { ...rest, [label]: value! };
        taken.set(own, label);
        continue;
      }
      const { entity } = one;
      const said = common === 'service' ? entity.service : entity.kind === common ? entity.name : undefined;
      if (!said) continue;
      labels = { ...labels, [label]: said };
      taken.set('the component', label);
    }
    return labels === one.labels ? one : { ...one, labels };
  });
  return { series: adapted, taken };
}
