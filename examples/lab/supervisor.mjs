// Starts, watches, restarts and stops the shop's programs, and keeps a log of it in supervisord's manner.
import { spawn } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export function makeSupervisor(logPath) {
  const programs = new Map();
  mkdirSync(dirname(logPath), { recursive: true });

  const note = (level, text) => {
    const now = new Date();
    const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
    appendFileSync(logPath, `${local.slice(0, 10)} ${local.slice(11, 19)},${local.slice(20, 23)} ${level} ${text}\n`);
  };

  function launch(program) {
    const { name, command, host, env, log, cwd } = program;
    if (log) mkdirSync(dirname(log), { recursive: true });
    const out = log ? openSync(log, 'a') : 'ignore';
    const line = host ? ['unshare', '--uts', 'sh', '-c', `hostname ${host}; exec "$@"`, 'sh', ...command] : command;
    const child = spawn(line[0], line.slice(1), { env, cwd: cwd ?? '/srv/shop', stdio: ['ignore', out, out] });
    if (log) closeSync(out);
    program.child = child;
    program.since = Date.now();
    program.ended = new Promise(resolve => child.once('exit', resolve));
    note('INFO', `spawned: '${name}' with pid ${child.pid}`);
    child.once('exit', (code, signal) => {
      const how = signal ? `terminated by ${signal}` : `exit status ${code}`;
      if (program.stopping) return note('INFO', `stopped: ${name} (${how})`);
      note('WARN', `exited: ${name} (${how}; not expected)`);
      if (!program.restart) return;
      program.failures = Date.now() - program.since < 5000 ? (program.failures ?? 0) + 1 : 0;
      setTimeout(() => !program.stopping && launch(program), 1000 * (1 + program.failures)).unref();
    });
  }

  const get = name => {
    const program = programs.get(name);
    if (!program) throw new Error(`no program '${name}'; there are ${[...programs.keys()].join(', ')}`);
    return program;
  };

  const supervisor = {
    note,
    names: () => [...programs.keys()],
    pid: name => get(name).child.pid,
    program: get,

    /** `{ name, command, host?, env, log?, cwd?, restart?, stopSignal? }` */
    start(program) {
      const entry = { stopSignal: 'SIGTERM', restart: true, ...program, stopping: false };
      programs.set(entry.name, entry);
      launch(entry);
    },

    signal: (name, signal) => process.kill(get(name).child.pid, signal),

    async stop(name, limitMillis = 5000) {
      const program = get(name);
      if (program.stopping) return program.ended;
      program.stopping = true;
      if (program.child.exitCode !== null || program.child.signalCode !== null) return;
      note('INFO', `waiting for ${name} to stop`);
      program.child.kill('SIGCONT');
      program.child.kill(program.stopSignal);
      const late = await Promise.race([program.ended.then(() => false), sleep(limitMillis, true, { ref: false })]);
      if (late) program.child.kill('SIGKILL');
      await program.ended;
    },

    /** Stops and starts again, with what `changes` replaces. */
    async restart(name, changes = {}) {
      await supervisor.stop(name);
      supervisor.start({ ...get(name), ...changes });
    },

    async stopAll() {
      await Promise.all([...programs.keys()].reverse().map(name => supervisor.stop(name).catch(() => {})));
    },
  };
  return supervisor;
}
