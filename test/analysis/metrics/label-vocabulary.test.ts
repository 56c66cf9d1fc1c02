import { describe, expect, test } from 'vitest';
import { adaptLabels } from '../../../src/analysis/metrics/expression/adapt-labels.ts';
import { commonLabel, plainLabel, SPELLINGS } from '../../../src/analysis/metrics/label-vocabulary.ts';
import type { Entity, Series } from '../../../src/model/series.ts';
import { seriesOf } from './expression/series.ts';

describe('the vocabulary', () => {
  test('gives every spelling to one name, and every name its own', () => {
    const all = Object.values(SPELLINGS).flat() as string[];
    expect(all.filter((spelling, i) => all.indexOf(spelling) !== i)).toEqual([]);
    for (const name of Object.keys(SPELLINGS)) expect(commonLabel(name), name).toBe(name);
    for (const spelling of all) expect(plainLabel(spelling)).toBe(spelling);
  });

  test.each([
    ['k8s.pod.name', 'pod'],
    ['kubernetes_pod_name', 'pod'],
    ['PodName', 'pod'],
    ['service.name', 'service'],
    ['app', 'service'],
    ['app.kubernetes.io/name', 'service'],
    ['cloud.region', 'region'],
    ['aws_region', 'region'],
    ['deployment.environment.name', 'environment'],
    ['env', 'environment'],
    ['service.version', 'version'],
    ['DBInstanceIdentifier', 'database'],
    ['http.response.status_code', 'status'],
    ['http.request.method', 'method'],
    ['k8s.namespace.name', 'namespace'],
    ['availability_zone', 'zone'],
    ['container', 'container'],
    ['host.name', 'host'],
  ])('%s is %s', (label, common) => {
    expect(commonLabel(label)).toBe(common);
  });

  test.each(['shard', 'le', 'quantile', 'cpu', 'constructor', ''])('"%s" is a label of its own', label => {
    expect(commonLabel(label)).toBeUndefined();
  });
});

describe('labels that are asked for', () => {
  const about = (labels: Record<string, string>, entity: Entity = { kind: 'unknown', name: '' }): Series => ({
    ...seriesOf('x', labels, () => 1),
    entity,
  });
  const adapted = (series: Series, ...wanted: string[]) => adaptLabels([series], wanted).series[0]!.labels;

  test('are taken from another spelling, and nothing is there twice', () => {
    expect(adapted(about({ PodName: 'cart-1', shard: '3' }), 'pod')).toEqual({ pod: 'cart-1', shard: '3' });
    expect(adapted(about({ pod: 'cart-1' }), 'k8s.pod.name')).toEqual({ 'k8s.pod.name': 'cart-1' });
  });

  test('that the series has stay as they are, however else they could be read', () => {
    expect(adapted(about({ service: 'cart', app: 'shop' }), 'service')).toEqual({ service: 'cart', app: 'shop' });
  });

  test('come from the most telling spelling', () => {
    expect(adapted(about({ workload: 'w', app: 'a' }), 'service')).toEqual({ workload: 'w', service: 'a' });
  });

  test('come from what the series is about', () => {
    expect(adapted(about({ pod: 'cart-1' }, { kind: 'pod', name: 'cart-1', service: 'cart' }), 'service')).toEqual({
      pod: 'cart-1',
      service: 'cart',
    });
    expect(adapted(about({}, { kind: 'host', name: 'web-1' }), 'host', 'service')).toEqual({ host: 'web-1' });
  });

  test('that mean nothing to anybody are not invented', () => {
    expect(adapted(about({ pod: 'cart-1' }), 'shard', 'region')).toEqual({ pod: 'cart-1' });
  });

  test('what stood for what is told', () => {
    expect([...adaptLabels([about({ app: 'a' }), about({ service: 's' })], ['service']).taken]).toEqual([['app', 'service']]);
  });
});
