import { SreError } from '../../model/errors.ts';
import type { Io } from '../../model/source.ts';
import { formatInstant, type Millis } from '../../model/time.ts';
import { onAbort } from '../on-abort.ts';
import { timerWait, type Wait } from '../wait.ts';

export interface BreakerOptions {
  /** Failures in a row that open it. @default 5 */
  readonly failures?: number;
  /** How long nobody asks; then one may try. @default 15 000 ms */
  readonly restMs?: Millis;
  readonly wait?: Wait;
}

/**
 * What is known of how an origin fares. Closed, everyone asks. After so many failures in a row it opens: nobody asks, everyone learns since
 * when and why. After a rest one asks while the others wait for what it finds.
 */
export interface Breaker {
  /** Waits for a probe that is under way. @throws SreError `source_unavailable` when open, `cancelled`, `deadline_exceeded` */
  enter(source: string, io: Pick<Io, 'signal' | 'deadline'>): Promise<void>;
  succeeded(): void;
  /** @param hint what would mend it */
  failed(reason: string, hint?: string): void;
  /** The try told nothing: the caller went away. */
  unknown(): void;
}

interface Outage {
  /** First failure of the row. */
  readonly since: Millis;
  reason: string;
  hint: string;
  count: number;
  /** When somebody may try again; undefined = not open. */
  opensAt?: Millis;
}

export function breaker(clock: () => Millis, { failures = 5, restMs = 15_000, wait = timerWait }: BreakerOptions = {}): Breaker {
  let outage: Outage | undefined;
  let probe: { readonly over: Promise<void>; end(): void } | undefined;

  function endProbe(): void {
    probe?.end();
    probe = undefined;
  }

  /** Whoever cannot wait that long leaves; the probe goes on without him. */
  function orLate(over: Promise<void>, source: string, io: Pick<Io, 'signal' | 'deadline'>): Promise<void> {
    return new Promise((done, failed) => {
      const left = new AbortController();
      let off = () => {};
      const leave = (act: () => void) => {
        off();
        left.abort();
        act();
      };
      off = onAbort(io.signal, () => leave(() => failed(new SreError('cancelled', 'The call was cancelled.'))));
      over.then(() => leave(done));
      wait(io.deadline - clock(), left.signal).then(
        () =>
          leave(() => failed(new SreError('deadline_exceeded', `Source ${source} was not back before the deadline.`, { retryable: true }))),
        () => {},
      );
    });
  }

  return {
    async enter(source, io) {
      while (outage?.opensAt !== undefined) {
        if (probe) {
          await orLate(probe.over, source, io);
          continue;
        }
        if (clock() < outage.opensAt) throw unavailable(source, outage, clock());
        let end = () => {};
        const over = new Promise<void>(done => {
          end = done;
        });
        probe = { over, end };
        return;
      }
    },
    succeeded() {
      outage = undefined;
      endProbe();
    },
    failed(reason, hint = '') {
      const now = clock();
      outage ??= { since: now, reason, hint, count: 0 };
      Object.assign(outage, { reason, hint });
      outage.count++;
      if (outage.count >= failures) outage.opensAt = now + restMs;
      endProbe();
    },
    unknown: endProbe,
  };
}

function unavailable(source: string, { since, reason, hint, opensAt }: Outage, now: Millis): SreError {
  const seconds = Math.max(1, Math.ceil((opensAt! - now) / 1000));
  return new SreError(
    'source_unavailable',
    `Source ${source} has been unavailable since ${formatInstant(Math.floor(since / 1000) * 1000)} (${reason}).`,
    {
      hint: `${hint ? `${hint} ` : ''}It is asked again in ${seconds} s.`,
      retryable: true,
    },
  );
}
