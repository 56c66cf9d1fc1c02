// A server from its start to the answer of tools/list, as the two benches of start-up measure it.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * @param args arguments of node
 * @returns ms of the clock, ms of processor time (in ticks of 10), and resident memory in MB
 */
export async function firstList(args, home) {
  const began = process.hrtime.bigint();
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH, HOME: home }, stdio: ['pipe', 'pipe', 'inherit'] });
  const send = message => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const clientInfo = { name: 'bench', version: '1' };
  send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } });
  send({ method: 'notifications/initialized' });
  send({ id: 2, method: 'tools/list' });
  let said = '';
  await new Promise((done, failed) => {
    child.stdout.on('data', chunk => {
      said += chunk;
      if (/"id":2[,}]/.test(said) && said.endsWith('\n')) done();
    });
    child.once('exit', code => failed(new Error(`node ${args.join(' ')} ended with ${code}`)));
  });
  const ms = Number(process.hrtime.bigint() - began) / 1e6;
  // utime and stime of proc(5), in ticks of 10 ms
  const [user, system] = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(11, 13);
  const rssKb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]);
  child.removeAllListeners('exit');
  child.kill();
  return { ms, cpuMs: 10 * (Number(user) + Number(system)), rssMb: rssKb / 1024 };
}

export function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return Number(sorted[Math.floor(sorted.length / 2)].toFixed(1));
}
