import { layoutFormat, sample } from '../format.ts';

/** The console logger of .NET: `info: Category[event]`, with the message on the next, indented line. */
export const dotnetConsole = layoutFormat({
  name: 'dotnet-console',
  rank: 7,
  first: 'a',
  layouts: ['{level}: {logger:until}[{event:int}] {message}', '{level}: {logger:until}[{event:int}]'],
  check: draft => /^(?:trce|dbug|info|warn|fail|crit)$/.test(draft.severityText) && !draft.service.includes(' '),
  samples: [
    sample('info: Shop.Cart[14]', null, 'INFO', 'Shop.Cart', ''),
    sample('warn: Shop.Cart.Store[0]', null, 'WARN', 'Shop.Cart.Store', ''),
    sample(
      'fail: Microsoft.AspNetCore.Server.Kestrel[13] Connection id "7" failed',
      null,
      'ERROR',
      'Microsoft.AspNetCore.Server.Kestrel',
      'Connection id "7" failed',
    ),
    sample('crit: Shop.Pay[1]', null, 'ERROR', 'Shop.Pay', ''),
    sample('dbug: Shop.Pay[2] x', null, 'DEBUG', 'Shop.Pay', 'x'),
  ],
  nearMisses: ['info: see the manual[3] for more', 'INFO: Shop.Cart[14]'],
});

/** Serilog's text sinks and NLog's default layout. */
export const dotnetText = layoutFormat({
  name: 'dotnet-text',
  rank: 6,
  first: '9[',
  layouts: ['{time} [{level}] {message}', '[{time} {level}] {message}', '{time}|{level}|{logger}|{message}'],
  check: (draft, text, lo) => text.charCodeAt(lo) === 91 || draft.service !== '' || draft.severityText.length === 3,
  samples: [
    sample('2024-05-01 12:00:00.123 +02:00 [INF] Added', '2024-05-01T10:00:00.123Z', 'INFO', null, 'Added'),
    sample('2024-05-01 10:00:01.1234|WARN|Shop.Cart|slow', '2024-05-01T10:00:01.123Z', 'WARN', 'Shop.Cart', 'slow'),
    sample('2024-05-01 10:00:02.123 +00:00 [ERR] lost', '2024-05-01T10:00:02.123Z', 'ERROR', null, 'lost'),
    sample('2024-05-01 10:00:03.123 +00:00 [FTL] end', '2024-05-01T10:00:03.123Z', 'ERROR', null, 'end'),
    sample('[2024-05-01 10:00:04 DBG] x', '2024-05-01T10:00:04Z', 'DEBUG', null, 'x'),
  ],
  nearMisses: ['2024-05-01 10:00:00 [main] Added', '2024-05-01 10:00:00|text|more'],
});
