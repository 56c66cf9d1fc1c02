import { expect, inject, test } from 'vitest';

const { prometheus, alertmanager, victoriametrics } = inject('servers');

test.each([
  ['Prometheus', prometheus],
  ['VictoriaMetrics', victoriametrics],
])('%s holds the telemetry of the contract', async (_name, url) => {
  const answer = (await (
    await fetch(`${url}/api/v1/query?query=count(last_over_time(http_requests_total[1h]))&time=1772360400`)
  ).json()) as { data: { result: { value: [number, string] }[] } };
  expect(answer.data.result[0]?.value[1]).toBe('6');
});

test('the rule of Prometheus fires in Alertmanager, beside what was posted', async () => {
  const alerts = (await (await fetch(`${alertmanager}/api/v2/alerts`)).json()) as { labels: { alertname: string } }[];
  expect(alerts.map(({ labels }) => labels.alertname).sort()).toEqual(['AlwaysFiring', 'HighErrorRate', 'PodRestarted', 'QueueFull']);
});
