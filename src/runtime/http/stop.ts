import { SreError } from '../../model/errors.ts';
import type { Io } from '../../model/source.ts';
import type { Millis } from '../../model/time.ts';
import { onAbort } from '../on-abort.ts';

/** One signal that ends a try, and why it did. */
export interface Stop {
  readonly signal: AbortSignal;
  why(): 'caller' | 'deadline' | 'try' | undefined;
  release(): void;
}

/** Ends when the caller cancels, at the deadline, or when the try has lasted long enough; the first one is the reason. */
export function stopOf(io: Pick<Io, 'signal' | 'deadline'>, tryMs: Millis, now: Millis): Stop {
  const controller = new AbortController();
  let reason: ReturnType<Stop['why']>;
  const end = (why: NonNullable<typeof reason>) => {
    reason ??= why;
    controller.abort();
  };
  const left = io.deadline - now;
  const timer = setTimeout(() => end(left <= tryMs ? 'deadline' : 'try'), Math.max(0, Math.min(left, tryMs)));
  const off = onAbort(io.signal, () => end('caller'));
  if (!(left > 0)) end('deadline');
  return {
    signal: controller.signal,
    why: () => reason,
    release() {
      clearTimeout(timer);
      off();
    },
  };
}

/** Why there is no answer, in our own words; what the machine said is the cause. */
export function transportFailure(
  failure: unknown,
  stop: Stop,
  { id, origin, bare }: { id: string; origin: string; bare: boolean },
): SreError {
  const why = stop.why();
  if (why === 'caller') return new SreError('cancelled', 'The call was cancelled.', { cause: failure });
  if (why === 'deadline') {
    return new SreError('deadline_exceeded', `Source ${id} did not answer before the deadline.`, {
      hint: 'Ask for a shorter window or fewer series, or give more time.',
      retryable: true,
      cause: failure,
    });
  }
  if (why === 'try') return slow(id, failure);
  if (failure instanceof SreError) return failure;
  const code = codeOf(failure);
  if (/CONNECT_TIMEOUT|ETIMEDOUT/.test(code)) {
    return new SreError('source_timeout', `Source ${id} cannot be reached: ${origin} does not take connections.`, {
      hint: 'Check the address, the network and the firewall.',
      retryable: true,
      cause: failure,
    });
  }
  const [text, hint, retryable] = explained(code, failure, bare);
  return new SreError('source_unavailable', `Source ${id} cannot be reached: ${text(origin)}.`, { hint, retryable, cause: failure });
}

function slow(id: string, cause: unknown): SreError {
  return new SreError('source_timeout', `Source ${id} did not answer in time.`, {
    hint: 'Ask for a shorter window or fewer series; a slow source may be overloaded.',
    retryable: true,
    cause,
  });
}

type Explained = readonly [text: (origin: string) => string, hint: string, retryable: boolean];

/** @param bare encrypted, and no client certificate was shown */
function explained(code: string, failure: unknown, bare: boolean): Explained {
  if (code === 'ECONNREFUSED') return [at => `nothing listens at ${at}`, 'Start it, or correct its address.', true];
  if (/ENOTFOUND|EAI_AGAIN/.test(code))
    return [at => `the host name of ${at} is not known here`, 'Check the address and the name service.', code === 'EAI_AGAIN'];
  if (/EHOSTUNREACH|ENETUNREACH|EACCES/.test(code))
    return [at => `there is no route to ${at}`, 'Check the network, the VPN and the firewall.', true];
  if (/CERT|SELF_SIGNED|ISSUER|ALTNAME|UNABLE_TO_VERIFY/.test(code)) return certificate(code);
  if (/SSL|TLS|EPROTO/.test(code)) {
    return [
      at => `${at} and this client do not agree on TLS`,
      'Check http against https, the port, and whether it asks for a client certificate.',
      false,
    ];
  }
  if (/Proxy response \((\d+)\)|\b407\b/.test(String((failure as Error)?.message))) {
    return [() => 'the proxy refused the connection', 'Check HTTPS_PROXY and its credentials, or add the host to NO_PROXY.', false];
  }
  if ((failure as Error)?.name === 'HTTPParserError')
    return [at => `what listens at ${at} does not speak HTTP`, 'Check the port, and http against https.', false];
  // Under TLS 1.3 a server that misses the client's certificate just closes; nothing else tells.
  const certified = bare ? ' It may want a client certificate: give tls.cert and tls.key.' : '';
  return [
    at => `${at} broke the connection off`,
    `Ask again; if it lasts, look at the source itself and at what stands before it.${certified}`,
    true,
  ];
}

function certificate(code: string): Explained {
  if (/NOT_YET/.test(code)) return [at => `the certificate of ${at} is not valid yet`, 'Compare the clocks.', false];
  if (/EXPIRED/.test(code)) return [at => `the certificate of ${at} has expired`, 'Renew it, and compare the clocks.', false];
  if (/ALTNAME/.test(code))
    return [
      at => `the certificate of ${at} is for another name`,
      'Use the name that stands in the certificate, or set tls.server_name.',
      false,
    ];
  return [at => `the certificate of ${at} is not trusted here`, 'Give the authority that signed it as tls.ca.', false];
}

function codeOf(failure: unknown): string {
  for (
    let one = failure as { code?: unknown; cause?: unknown; errors?: unknown[] } | undefined;
    one;
    one = (one.cause ?? one.errors?.[0]) as typeof one
  ) {
    if (typeof one.code === 'string' && one.code !== 'UND_ERR') return one.code;
  }
  return '';
}
