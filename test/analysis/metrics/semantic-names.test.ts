import { describe, expect, test } from 'vitest';
import { CONVENTIONS } from '../../../src/analysis/metrics/semantic-names/conventions.ts';
import { SEMANTIC_NAMES, semanticNames } from '../../../src/analysis/metrics/semantic-names/names.ts';
import { parseUnit, unitFactor } from '../../../src/analysis/metrics/units.ts';
import { seriesOf } from './expression/series.ts';

const names = semanticNames();

describe('the table', () => {
  test('holds 150 names and more of five vendors and more', () => {
    const vendors = [...new Set(SEMANTIC_NAMES.map(({ vendor }) => vendor))];
    expect(SEMANTIC_NAMES.length).toBeGreaterThanOrEqual(150);
    expect(vendors).toEqual(expect.arrayContaining(['cloudwatch', 'prometheus', 'datadog', 'newrelic', 'dynatrace']));
    for (const one of vendors) expect(SEMANTIC_NAMES.filter(({ vendor }) => vendor === one).length, one).toBeGreaterThanOrEqual(30);
  });

  test('has every name once, in its namespace', () => {
    const keys = SEMANTIC_NAMES.map(({ vendor, name, namespace }) => `${vendor} ${namespace ?? ''} ${name}`);
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
  });

  test('knows the unit at the source and can bring it to the common one', () => {
    for (const { name, unit, semanticUnit } of SEMANTIC_NAMES) {
      if (unit === '' && semanticUnit === '') continue;
      expect(parseUnit(unit), `${name} ${unit}`).toBeDefined();
      expect(unitFactor(unit, semanticUnit), name).toBeGreaterThan(0);
    }
  });

  test('has common names that somebody is called by', () => {
    const used = new Set(SEMANTIC_NAMES.map(({ semantic }) => semantic));
    const idle = Object.keys(CONVENTIONS).filter(name => !used.has(name));
    // What vendors have no name of their own for still comes by OpenTelemetry's.
    expect(idle.filter(name => 'own' in CONVENTIONS[name as keyof typeof CONVENTIONS])).toEqual([]);
  });
});

describe('a name', () => {
  test.each([
    ['node_cpu_seconds_total', {}, 'system.cpu.time'],
    ['CPUUtilization', { namespace: 'AWS/RDS' }, 'system.cpu.utilization'],
    ['CPUUtilization', { namespace: 'AWS/ECS' }, 'container.cpu.utilization'],
    ['Latency', { namespace: 'AWS/ApiGateway' }, 'http.server.request.duration'],
    ['kubernetes.cpu.usage.total', {}, 'k8s.pod.cpu.usage'],
    ['host.cpuPercent', {}, 'system.cpu.utilization'],
    ['builtin:host.cpu.usage', {}, 'system.cpu.utilization'],
    ['http.server.duration', {}, 'http.server.request.duration'],
    ['http_request_duration_seconds_bucket', { le: '1' }, 'http.server.request.duration_bucket'],
    ['system_network_io_bytes_total', {}, 'system.network.io'],
    ['NODE_LOAD1', {}, 'system.cpu.load_average.1m'],
  ])('%s %o is %s', (name, labels, semantic) => {
    expect(names.of(name, labels)?.semantic).toBe(semantic);
  });

  test.each([
    // Seconds of a load balancer and milliseconds of a gateway: nobody can tell without the namespace.
    ['Latency', {}],
    ['CPUUtilization', {}],
    ['node_load1_sum', {}],
    ['value', {}],
  ])('%s alone means nothing', (name, labels) => {
    expect(names.of(name, labels)).toBeUndefined();
  });

  test('in a namespace of Kubernetes is not one in a namespace of AWS', () => {
    expect(names.of('kube_pod_status_ready', { namespace: 'shop' })?.semantic).toBe('k8s.pod.ready');
  });
});

test('the unit that a name implies', () => {
  const units = ['http.server.request.duration', 'builtin:service.response.time', 'nobody.knows'].map(names.unitOf);
  expect(units).toEqual(['s', 'us', '']);
});

describe('a series under its common name', () => {
  test('comes in the common unit, with what the name said as a label', () => {
    const series = names.renamed(seriesOf('system.cpu.iowait', { host: 'a' }, () => 25));
    expect(series).toMatchObject({ name: 'system.cpu.utilization', unit: '1', labels: { host: 'a', 'cpu.mode': 'iowait' } });
    expect(series!.v[0]).toBe(0.25);
  });

  test('is converted from the unit it says it has, where the data know better than the table', () => {
    expect(names.renamed(seriesOf('builtin:service.response.time', {}, () => 250, { unit: 'ms' }))!.v[0]).toBe(0.25);
    expect(names.renamed(seriesOf('builtin:service.response.time', {}, () => 250))!.v[0]).toBeCloseTo(250e-6, 15);
  });

  test('buckets in milliseconds become buckets in seconds', () => {
    const bucket = names.renamed(seriesOf('istio_request_duration_milliseconds_bucket', { le: '250' }, () => 7))!;
    expect([bucket.name, bucket.labels['le'], bucket.unit, bucket.v[0]]).toEqual(['http.server.request.duration_bucket', '0.25', '1', 7]);
    expect(names.renamed(seriesOf('istio_request_duration_milliseconds_bucket', { le: '+Inf' }, () => 7))!.labels['le']).toBe('+Inf');
    expect(names.renamed(seriesOf('istio_request_duration_milliseconds_sum', {}, () => 7000))).toMatchObject({
      unit: 's',
      type: 'counter',
    });
  });

  test('four vendors agree on one host', () => {
    const said = [
      seriesOf('CPUUtilization', { namespace: 'AWS/EC2' }, () => 40),
      seriesOf('host.cpuPercent', {}, () => 40),
      seriesOf('builtin:host.cpu.usage', {}, () => 40),
      seriesOf('system_cpu_usage', {}, () => 0.4),
    ].map(series => names.renamed(series)!);
    for (const { name, unit, v } of said) expect([name, unit, v[0]]).toEqual(['system.cpu.utilization', '1', 0.4]);
  });
});

describe('rows of the user', () => {
  test('win over the table', () => {
    const mine = semanticNames([{ name: 'Latency', semantic: 'http.server.request.duration', unit: 'us', attributes: { tier: 'edge' } }]);
    const series = mine.renamed(seriesOf('Latency', {}, () => 5e5))!;
    expect([series.name, series.v[0], series.labels]).toEqual(['http.server.request.duration', 0.5, { tier: 'edge' }]);
    expect(mine.from('http.server.request.duration')[0]).toBe('Latency');
    expect(mine.from('http.server.request.duration_bucket')).toContain('http_server_requests_seconds_bucket');
    expect(mine.meanings('CPUUtilization')).toEqual(['system.cpu.utilization', 'container.cpu.utilization']);
    expect(mine.meanings('nothing')).toEqual([]);
  });

  test('may name what OpenTelemetry has no name for', () => {
    expect(semanticNames([{ name: 'orders', semantic: 'shop.orders', unit: '{order}' }]).of('orders')).toMatchObject({
      semanticUnit: '{order}',
    });
  });

  test('with a unit that cannot become the common one are refused', () => {
    expect(() => semanticNames([{ name: 'x', semantic: 'system.memory.usage', unit: 's' }])).toThrow(
      /Values in s cannot be put together with values in By/,
    );
    expect(() => semanticNames([{ name: 'x', semantic: 'System Memory' }])).toThrow(/no name for a metric/);
  });
});
