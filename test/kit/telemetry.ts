import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './server.ts';

const START = Date.UTC(2026, 2, 3, 10, 0, 0);
const MINUTES = 60;
/** From this minute on `store` cannot reach its database, and `front` feels it. */
const FAULT_MINUTE = 40;

const at = (minute: number, second = 0) => new Date(START + (minute * 60 + second) * 1000).toISOString();

/** A small incident in a folder: two services, an hour of logs and metrics, an alert and a change. All of it written here. */
export function smallIncident(): string {
  const folder = temporaryFolder();
  for (const name of ['logs/store', 'logs/front', 'metrics', 'alerts', 'changes', 'topology'])
    mkdirSync(join(folder, name), { recursive: true });
  const store: string[] = [];
  const front: string[] = [];
  const metrics: string[] = ['time,metric,value,unit,service'];
  for (let minute = 0; minute < MINUTES; minute++) {
    const broken = minute >= FAULT_MINUTE;
    for (let second = 0; second < 60; second += 5) {
      const order = minute * 12 + second / 5;
      if (broken) {
        store.push(`${at(minute, second)} ERROR [pool-1] could not obtain a connection to ledger-db within 3000 ms (order ${order})`);
        front.push(`${at(minute, second + 3)} WARN [http-7] POST /orders answered 503 after 3012 ms, upstream store`);
      } else {
        store.push(`${at(minute, second)} INFO [pool-1] stored order ${order} in ${8 + (order % 5)} ms`);
        front.push(`${at(minute, second + 1)} INFO [http-7] POST /orders answered 201 after ${20 + (order % 7)} ms`);
      }
    }
    metrics.push(`${at(minute)},request_duration_seconds,${broken ? 3.01 : 0.02 + (minute % 3) / 1000},s,front`);
    metrics.push(`${at(minute)},request_duration_seconds,${broken ? 3.0 : 0.01 + (minute % 4) / 1000},s,store`);
    metrics.push(`${at(minute)},request_errors,${broken ? 12 : 0},1,front`);
  }
  writeFileSync(join(folder, 'logs/store/store-1.log'), `${store.join('\n')}\n`);
  writeFileSync(join(folder, 'logs/front/front-1.log'), `${front.join('\n')}\n`);
  writeFileSync(join(folder, 'metrics/requests.csv'), `${metrics.join('\n')}\n`);
  const alert = {
    id: 'front-slow',
    name: 'Front is slow',
    startsAt: at(FAULT_MINUTE + 2),
    severity: 'page',
    labels: { service: 'front', metric: 'request_duration_seconds' },
  };
  writeFileSync(join(folder, 'alerts/alerts.jsonl'), `${JSON.stringify(alert)}\n`);
  const change = { time: at(FAULT_MINUTE - 1, 30), kind: 'config', service: 'store', summary: 'Pool size of store lowered from 20 to 2' };
  writeFileSync(join(folder, 'changes/changes.jsonl'), `${JSON.stringify(change)}\n`);
  writeFileSync(join(folder, 'topology/calls.csv'), 'from,to\nfront,store\n');
  return folder;
}

export const incidentWindow = `${at(30)}/${at(60)}`;
