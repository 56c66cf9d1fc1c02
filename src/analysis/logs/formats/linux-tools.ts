import { type LogFormat, layoutFormat, sample } from '../format.ts';
import { indexWithin } from '../index-within.ts';

/** strace with -t, -tt, -ttt or -r, with or without a process id. */
export const strace: LogFormat = {
  name: 'strace',
  rank: 9,
  first: '9[',
  single: true,
  read(text, lo, hi, draft) {
    let p = lo;
    if (text.startsWith('[pid ', p)) p = indexWithin(text, ']', p, hi) + 2;
    else {
      const pid = /^\d{1,7} +(?=\d)/.exec(text.slice(p, p + 12));
      if (pid) p += pid[0].length;
    }
    const end = draft.readTime(text, p, hi);
    if (end < 0 || text.charCodeAt(end) !== 32) return false;
    const rest = text.slice(end + 1, Math.min(hi, end + 4000));
    const found =
      /^(?:(\w+)\(.*(?<! ) += (-?\d+|\?|0x[\da-f]+)(?: (E[A-Z]+))?|(\w+)\(.* <unfinished \.\.\.>$|<\.\.\. (\w+) resumed>|--- SIG[A-Z]+ |\+\+\+ (?:exited|killed))/.exec(
        rest,
      );
    if (!found) return false;
    draft.takeTime();
    if (found[3] !== undefined) draft.set('errno', found[3]);
    draft.body(text, end + 1, hi);
    return true;
  },
  samples: [
    sample(
      '1714557600.123456 openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3',
      '2024-05-01T10:00:00.123Z',
      null,
      null,
      'openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3',
    ),
    sample('77 1714557601.000000 read(3, "x", 4096) = 1', '2024-05-01T10:00:01Z', null, null, 'read(3, "x", 4096) = 1'),
    sample(
      '[pid 77] 1714557602.000000 connect(3, {sa_family=AF_INET}, 16) = -1 ECONNREFUSED (Connection refused)',
      '2024-05-01T10:00:02Z',
      null,
      null,
      'connect(3, {sa_family=AF_INET}, 16) = -1 ECONNREFUSED (Connection refused)',
    ),
    sample('1714557603.5 +++ exited with 0 +++', '2024-05-01T10:00:03.500Z', null, null, '+++ exited with 0 +++'),
    sample('1714557604.5 --- SIGTERM {si_signo=SIGTERM} ---', '2024-05-01T10:00:04.500Z', null, null, '--- SIGTERM {si_signo=SIGTERM} ---'),
  ],
  nearMisses: ['1714557600.123456 a call to open()', '1714557600.1 x = 3'],
};

/** dpkg's log. */
export const dpkg = layoutFormat({
  name: 'dpkg',
  rank: 8,
  first: '9',
  layouts: ['{time} {action} {message}'],
  check: draft => {
    const action = String(draft.attributes?.['action']);
    if (!/^(?:status|install|upgrade|remove|purge|configure|trigproc|startup|conffile)$/.test(action)) return false;
    if (!/:(?:amd64|arm64|all|i386|armhf)|^(?:archives|packages) /.test(draft.text.slice(draft.lo, draft.hi))) return false;
    const body = `${action} ${draft.text.slice(draft.lo, draft.hi)}`;
    draft.body(body, 0, body.length);
    draft.service = 'dpkg';
    return true;
  },
  samples: [
    'status installed libc6:amd64 2.36-9',
    'install curl:amd64 <none> 8.1',
    'remove vim:arm64 9.0 <none>',
    'startup archives unpack',
    'upgrade bash:all 5.1 5.2',
  ].map((text, i) => sample(`2024-05-01 10:00:0${i} ${text}`, `2024-05-01T10:00:0${i}Z`, null, 'dpkg', text)),
  nearMisses: ['2024-05-01 10:00:00 status is fine', '2024-05-01 10:00:00 install the app'],
});

/** The kernel's audit trail. */
export const auditd: LogFormat = {
  name: 'auditd',
  rank: 9,
  first: 'an',
  single: true,
  read(text, lo, hi, draft) {
    const found = /^(?:node=(\S+) )?type=(\S+) msg=audit\((\d{10}\.\d{3}):(\d+)\):\s*/.exec(text.slice(lo, Math.min(hi, lo + 200)));
    if (!found || draft.readTime(found[3]!, 0, found[3]!.length) < 0) return false;
    draft.takeTime();
    if (found[1]) draft.instance = found[1];
    draft.service = draft.name(found[2]!, 0, found[2]!.length);
    draft.set('serial', found[4]!);
    draft.body(text, lo + found[0].length, hi);
    return true;
  },
  samples: ['SYSCALL', 'USER_LOGIN', 'AVC', 'EXECVE', 'CWD'].map((type, i) =>
    sample(
      `type=${type} msg=audit(171455760${i}.123:45${i}): pid=7 uid=0 res=success`,
      `2024-05-01T10:00:0${i}.123Z`,
      null,
      type,
      'pid=7 uid=0 res=success',
    ),
  ),
  nearMisses: ['type=SYSCALL msg=hello', 'audit(1714557600.123:456): initialized'],
};

/** The kernel's ring buffer as `dmesg` prints it; seconds since the start are no time of day and stay an attribute. */
export const dmesg: LogFormat = {
  name: 'dmesg',
  rank: 6,
  first: '[<',
  read(text, lo, hi, draft) {
    const found = /^(?:<(\d{1,3})>)?\[ *(\d{1,7}\.\d{6})\](?:\[ *[TC]\d+\])? /.exec(text.slice(lo, Math.min(hi, lo + 48)));
    if (!found) return false;
    if (found[1]) draft.severity = [21, 19, 18, 17, 13, 10, 9, 5][Number(found[1]) & 7]!;
    draft.service = 'kernel';
    draft.set('uptime_seconds', Number(found[2]));
    draft.body(text, lo + found[0].length, hi);
    return true;
  },
  samples: [
    sample('[    0.000000] Linux version 6.1', null, null, 'kernel', 'Linux version 6.1'),
    sample('[   12.345678] usb 1-1: new device', null, null, 'kernel', 'usb 1-1: new device'),
    sample('<3>[  100.000001] sda: I/O error', null, 'ERROR', 'kernel', 'sda: I/O error'),
    sample('<6>[ 1000.500000] eth0: link up', null, 'INFO', 'kernel', 'eth0: link up'),
    sample('[99999.123456][  T77] oom-kill', null, null, 'kernel', 'oom-kill'),
  ],
  nearMisses: ['[12.3] x', '[   12.345678]no blank'],
};

/** svlogd and multilog: a TAI64N label before the line. */
export const tai64n: LogFormat = {
  name: 'tai64n',
  rank: 9,
  first: '@',
  envelope: true,
  read(text, lo, hi, draft) {
    if (text.charCodeAt(lo) !== 64) return false;
    const end = draft.readTime(text, lo, hi);
    if (end < 0 || (end < hi && text.charCodeAt(end) !== 32)) return false;
    draft.takeTime();
    draft.body(text, Math.min(end + 1, hi), hi);
    return true;
  },
  samples: [
    sample('@40000000663212aa0754d4c0 ready', '2024-05-01T10:00:00.123Z', null, null, 'ready'),
    sample('@40000000663212ab00000000 status: local 1/10', '2024-05-01T10:00:01Z', null, null, 'status: local 1/10'),
    sample('@40000000663212ac00000000 ERROR lost', '2024-05-01T10:00:02Z', 'ERROR', null, 'lost'),
    sample('@40000000663212ad1dcd6500', '2024-05-01T10:00:03.500Z', null, null, ''),
    sample(
      '@40000000663212ae00000000 {"level":"warn","time":"2024-05-01T10:00:04Z","msg":"slow"}',
      '2024-05-01T10:00:04Z',
      'WARN',
      null,
      'slow',
    ),
  ],
  nearMisses: ['@40000000 short', '@user said hello to all of us today'],
};

/** macOS's unified log (`log show`), in its full and syslog styles. */
export const macosUnified = layoutFormat({
  name: 'macos-unified',
  rank: 8,
  first: '9',
  layouts: [
    '{time} 0x{thread} {kind} 0x{activity} {pid:int} {ttl:int} {service}: {message}',
    '{time} {instance} {service}[{pid:int}]: {?({library:until}) ?}{?[{subsystem}] ?}{message}',
  ],
  check: (draft, text, lo) => {
    const kind = draft.attributes?.['kind'];
    if (kind === undefined)
      return (
        draft.timeFlags === 0 &&
        text.charCodeAt(lo + 10) === 32 &&
        (draft.attributes?.['library'] !== undefined || draft.attributes?.['subsystem'] !== undefined)
      );
    const severity = ({ Default: 9, Info: 9, Debug: 5, Error: 17, Fault: 21, Activity: 9 } as Record<string, number>)[String(kind)];
    if (severity === undefined) return false;
    draft.severity = severity;
    draft.severityText = String(kind);
    return true;
  },
  samples: [
    sample(
      '2024-05-01 12:00:00.123456+0200 0x1a2b     Default     0x0                  77     0    kernel: (AppleACPI) awake',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      'kernel',
      '(AppleACPI) awake',
    ),
    sample(
      '2024-05-01 12:00:01.123456+0200 0x1a2b     Error       0x0                  77     0    mdnsd: timeout',
      '2024-05-01T10:00:01.123Z',
      'ERROR',
      'mdnsd',
      'timeout',
    ),
    sample(
      '2024-05-01 12:00:02.123456+0200 0x1a2b     Fault       0x9                  77     0    app: end',
      '2024-05-01T10:00:02.123Z',
      'ERROR',
      'app',
      'end',
    ),
    sample(
      '2024-05-01 12:00:03.123456+0200 0x1a2b     Debug       0x0                  77     0    app: x',
      '2024-05-01T10:00:03.123Z',
      'DEBUG',
      'app',
      'x',
    ),
    sample(
      '2024-05-01 12:00:04.123456+0200  mac1 configd[77]: (libnet) [com.apple.net:if] link up',
      '2024-05-01T10:00:04.123Z',
      null,
      'configd',
      'link up',
    ),
  ],
  nearMisses: ['2024-05-01 12:00:00.123456+0200 app started', '2024-05-01 12:00:00 0x1a Strange 0x0 1 2 app: x'],
});
