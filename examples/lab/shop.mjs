// The handles that faults and changes pull: programs, releases, settings, stores, load.
import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { hosts, instanceHosts, services } from './plan.mjs';
import { portOpen } from './start.mjs';
import { makeSupervisor } from './supervisor.mjs';

const exec = promisify(execFile);
const run = '/srv/run';
const code = '/srv/shop';

/**
 * @param {{ zone: string, seed: number, rate: number, daySeconds: number, root: boolean, plainUser: string[], template: string,
 *   source: string, lab: string, fault: object, onChange: (event) => void }} options
 */
export function makeShop(options) {
  const supervisor = makeSupervisor(`${run}/logs/supervisor/node-1.log`);
  const versions = Object.fromEntries(Object.entries(services).map(([name, { version }]) => [name, version]));
  const environment = { PATH: process.env.PATH, HOME: run, LANG: 'C.UTF-8' };

  const shop = {
    lab: options.lab,
    supervisor,
    versions,
    change: event => options.onChange({ time: new Date().toISOString(), ...event }),

    /** Output of a program. */
    exec: async (command, ...args) => (await exec(command, args, { env: environment, cwd: run })).stdout,
    sql: (text, { app = 'psql', user = 'shop' } = {}) =>
      exec('psql', ['-h', 'db-1', '-U', user, '-d', 'shop', '-qAtc', text], { env: { ...environment, PGAPPNAME: app } }).then(r =>
        r.stdout.trim(),
      ),
    redis: (...args) => exec('redis-cli', ['-h', 'cache-1', ...args]).then(r => r.stdout.trim()),

    /** A program in the background that belongs to a fault; answers a function that ends it. */
    background(command, env = {}) {
      const child = spawn(command[0], command.slice(1), { env: { ...environment, ...env }, cwd: run, stdio: 'ignore', detached: true });
      const ended = new Promise(resolve => child.once('exit', resolve));
      const end = async () => {
        if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
        await ended;
      };
      return Object.assign(end, { pid: child.pid });
    },

    /** Waits until `condition()` is true; throws after `limitMillis`. */
    async until(what, condition, limitMillis = 30_000) {
      for (const end = Date.now() + limitMillis; Date.now() < end; await sleep(150)) {
        if (await Promise.resolve(condition()).catch(() => false)) return;
      }
      throw new Error(`not within ${limitMillis / 1000} s: ${what}`);
    },

    /**
     * Rolls out a new version, instance by instance. `patch` is a list of [old text, new text] applied to the service's source:
     * the difference that the version makes. No change event is written; that is the caller's business.
     */
    async release(name, version, patch, nodeOptions = []) {
      const from = `${code}/${name}/${versions[name]}`;
      const to = `${code}/${name}/${version}`;
      if (!existsSync(to)) {
        cpSync(from, to, { recursive: true });
        let text = readFileSync(`${to}/main.mjs`, 'utf8');
        for (const [before, after] of patch) {
          if (!text.includes(before)) throw new Error(`patch of ${name} does not apply: ${before}`);
          text = text.replace(before, () => after);
        }
        writeFileSync(`${to}/main.mjs`, text);
      }
      versions[name] = version;
      for (const host of instanceHosts(name)) {
        await supervisor.restart(host, serviceProgram(name, host, nodeOptions));
        await shop.until(`${host} up`, () => portOpen(host));
        await sleep(2000);
      }
    },

    readSettings: name => JSON.parse(readFileSync(`${code}/etc/${name}.json`, 'utf8')),

    /** Writes new settings of a service and has every instance reread them. */
    configure(name, value) {
      writeFileSync(`${code}/etc/${name}.json`, `${JSON.stringify(value, null, 2)}\n`);
      for (const host of instanceHosts(name)) supervisor.signal(host, 'SIGHUP');
    },

    serviceProgram,
    environment,
    setLoad: factor => writeFileSync(`${run}/load.json`, JSON.stringify({ factor })),
    setProxy: mood => writeFileSync(`${run}/proxy.json`, JSON.stringify(mood)),
    setAcquirer: mood => writeFileSync(`${run}/acquirer.json`, JSON.stringify(mood)),
  };
  return shop;

  function serviceProgram(name, host, nodeOptions = []) {
    return {
      name: host,
      host,
      command: [process.execPath, ...nodeOptions, '--import', `${code}/lib/otel.mjs`, `${code}/${name}/${versions[name]}/main.mjs`],
      log: `${run}/logs/${name}/${host}.log`,
      env: {
        ...environment,
        TZ: options.zone,
        BIND_ADDRESS: hosts[host],
        SERVICE_VERSION: versions[name],
        OTEL_SERVICE_NAME: name,
        OTEL_RESOURCE_ATTRIBUTES: `service.version=${versions[name]},service.instance.id=${host},host.name=${host},deployment.environment.name=production`,
        OTEL_NODE_RESOURCE_DETECTORS: 'env',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://mon-1:4318',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        OTEL_SEMCONV_STABILITY_OPT_IN: 'http,database',
        ...options.fault.env?.[host],
      },
    };
  }
}
