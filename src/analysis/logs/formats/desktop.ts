import { layoutFormat, sample } from '../format.ts';

/** Windows component servicing (CBS.log, DISM): `time, Level   Component   message`. */
export const windowsServicing = layoutFormat({
  name: 'windows-servicing',
  rank: 7,
  first: '9',
  layouts: ['{time}, {level} {service} {message}'],
  samples: [
    sample('2024-05-01 10:00:00, Info                  CBS    Session opened', '2024-05-01T10:00:00Z', 'INFO', 'CBS', 'Session opened'),
    sample(
      '2024-05-01 10:00:01, Error                 CBS    Failed [HRESULT = 0x1]',
      '2024-05-01T10:00:01Z',
      'ERROR',
      'CBS',
      'Failed [HRESULT = 0x1]',
    ),
    sample('2024-05-01 10:00:02, Warning               DISM   no image', '2024-05-01T10:00:02Z', 'WARN', 'DISM', 'no image'),
    sample('2024-05-01 10:00:03, Info                  CSI    00000001 begin', '2024-05-01T10:00:03Z', 'INFO', 'CSI', '00000001 begin'),
    sample('2024-05-01 10:00:04, Info                  DPX    Started', '2024-05-01T10:00:04Z', 'INFO', 'DPX', 'Started'),
  ],
  nearMisses: ['2024-05-01 10:00:00, we met', '2024-05-01 10:00:00,123 INFO CBS message'],
});

/** Programs that write `[time] program - message` (proxies, mud clients, many small tools). */
export const programDash = layoutFormat({
  name: 'program-dash',
  rank: 3,
  first: '[',
  layouts: ['[{time}] {service:until} - {message}'],
  check: draft => {
    const service = draft.service;
    return /^[\w.+-]+\.[A-Za-z]{2,4}(?: \*\d+)?$/.test(service);
  },
  samples: [
    sample(
      '[05.01 10:00:00] browser.exe - proxy.example.com:5070 open',
      '1972-05-01T10:00:00Z',
      null,
      'browser.exe',
      'proxy.example.com:5070 open',
    ),
    sample('[05.01 10:00:01] mail.exe - close, 12 bytes sent', '1972-05-01T10:00:01Z', null, 'mail.exe', 'close, 12 bytes sent'),
    sample('[2024-05-01 10:00:02] sync.app - ready', '2024-05-01T10:00:02Z', null, 'sync.app', 'ready'),
    sample('[05.01 10:00:03] chat.exe - error : timeout', '1972-05-01T10:00:03Z', null, 'chat.exe', 'error : timeout'),
    sample('[05.01 10:00:04] tool.bin - a - b', '1972-05-01T10:00:04Z', null, 'tool.bin', 'a - b'),
  ],
  nearMisses: ['[05.01 10:00:00] all done - bye', '[main] tool.exe - text'],
});
