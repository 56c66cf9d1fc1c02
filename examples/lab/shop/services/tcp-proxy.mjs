// A hop that can hold answers back: main.mjs LISTEN-ADDRESS TARGET-ADDRESS, port 8080; /srv/run/proxy.json {delayMillis, jitterMillis}.
import { readFileSync, watchFile } from 'node:fs';
import net from 'node:net';

const [listenAddress, targetAddress] = process.argv.slice(2);
const path = '/srv/run/proxy.json';
const read = () => JSON.parse(readFileSync(path, 'utf8'));
let mood = read();
watchFile(path, { interval: 500 }, () => (mood = read()));

net
  .createServer(caller => {
    const callee = net.connect(8080, targetAddress);
    let free = 0; // when the last chunk is through: chunks keep their order
    caller.on('data', chunk => callee.write(chunk));
    callee.on('data', chunk => {
      const delay = mood.delayMillis + mood.jitterMillis * (2 * Math.random() - 1);
      free = Math.max(free, Date.now() + delay);
      setTimeout(() => !caller.destroyed && caller.write(chunk), free - Date.now());
    });
    for (const [socket, other] of [
      [caller, callee],
      [callee, caller],
    ]) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => setTimeout(() => other.end(), mood.delayMillis + mood.jitterMillis));
    }
  })
  .listen(8080, listenAddress);
