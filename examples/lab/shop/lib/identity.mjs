// Who this process is and how it is set up; `settings` is reread on SIGHUP.
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export const service = process.env.OTEL_SERVICE_NAME;
export const version = process.env.SERVICE_VERSION;
export const address = process.env.BIND_ADDRESS;
export const host = hostname();

const path = `/srv/shop/etc/${service}.json`;
const read = () => JSON.parse(readFileSync(path, 'utf8'));

export const settings = read();
export const settingsPath = path;

export function rereadSettings() {
  Object.assign(settings, read());
}
