import { SreError } from '../../model/errors.ts';
import type { HttpAnswer } from '../http.ts';
import { retryAfterMs } from './retry-after.ts';

/** Enough of a back end's text to recognise what it complains about. */
const LOOKED_AT = 4_000;

/**
 * What an answer that is no good means, in our own words: the code, and a remedy that names what is missing. The back end's text is only
 * the cause, which the audit log alone sees. A source that knows more of its vendor's errors looks at those first.
 */
export function httpFailure(answer: HttpAnswer, source: string): SreError {
  const { status } = answer;
  const cause = new Error(`HTTP ${status} from ${answer.url}: ${answer.body.slice(0, LOOKED_AT)}`);
  const fail = (code: SreError['code'], text: string, hint: string, retryable = false) =>
    new SreError(code, `Source ${source} ${text}`, { hint, retryable, cause });

  if (status >= 300 && status < 400) return redirected(answer, fail);
  if (status < 300) return notData(answer, fail);
  if (status === 401) return unsigned(answer, fail);
  if (status === 403) return refused(answer, fail);
  if (status === 404 || status === 405) {
    return fail(
      'not_found',
      `knows no ${pathOf(answer)} (HTTP ${status}).`,
      'Check the path of its address: a prefix such as /prometheus may be missing or too much. `sre-copilot doctor` tries the usual ones.',
    );
  }
  if (status === 407)
    return fail(
      'source_unavailable',
      'is behind a proxy that wants a sign-in (HTTP 407).',
      'Put the credentials into HTTPS_PROXY, or the host into NO_PROXY.',
    );
  if (status === 408 || status === 504)
    return fail('source_timeout', `took too long (HTTP ${status}).`, 'Ask for a shorter window or fewer series.', true);
  if (status === 413)
    return fail('invalid_argument', 'refused the request as too large (HTTP 413).', 'Ask for a shorter window, or with a shorter query.');
  if (status === 429) {
    const wait = retryAfterMs(answer);
    return fail(
      'rate_limited',
      'limits how often it is asked (HTTP 429).',
      wait === undefined ? 'Ask less at once, or later.' : `Ask again in ${Math.ceil(wait / 1000)} s.`,
      true,
    );
  }
  if (status >= 500)
    return fail(
      'source_unavailable',
      `failed (HTTP ${status}).`,
      'Ask again; if it lasts, look at the source itself and at what stands before it.',
      status !== 501,
    );
  return fail('invalid_argument', `refused the request (HTTP ${status}).`, 'Check the names and the query.');
}

/** The body as JSON. @throws SreError for any other answer than 2xx with JSON */
export function jsonOf(answer: HttpAnswer, source: string): unknown {
  if (answer.status < 200 || answer.status >= 300) throw httpFailure(answer, source);
  if (answer.truncated) {
    throw new SreError('unreadable', `The answer of source ${source} is larger than it may be and was cut off.`, {
      hint: 'Ask for a shorter window or fewer series.',
    });
  }
  try {
    return JSON.parse(answer.body);
  } catch {
    throw httpFailure(answer, source);
  }
}

type Fail = (code: SreError['code'], text: string, hint: string, retryable?: boolean) => SreError;

function unsigned(answer: HttpAnswer, fail: Fail): SreError {
  if (/no org id|x-scope-orgid/i.test(answer.body.slice(0, LOOKED_AT))) {
    return fail('unauthenticated', 'wants to know the tenant (HTTP 401).', 'Give the header X-Scope-OrgID in its configuration.');
  }
  const scheme = /\b(Basic|Bearer|Digest|Negotiate)\b/i.exec(answer.headers['www-authenticate'] ?? '')?.[1];
  const wanted = scheme ? ` It asks for ${scheme}.` : '';
  return answer.signedAs
    ? fail(
        'unauthenticated',
        'does not accept the credentials (HTTP 401).',
        `They may have expired or belong elsewhere: renew the ${WORD[answer.signedAs]} in its configuration.${wanted}`,
      )
    : fail('unauthenticated', 'wants a sign-in (HTTP 401), and none is configured.', `Give its configuration credentials.${wanted}`);
}

const WORD = { basic: 'user and password', bearer: 'token', header: 'key', sigv4: 'AWS credentials' } as const;

function refused(answer: HttpAnswer, fail: Fail): SreError {
  const text = answer.body.slice(0, LOOKED_AT);
  if (/Signature expired|Signature not yet current|RequestExpired|RequestTimeTooSkewed/i.test(text)) {
    return fail('unauthenticated', 'refused the signature as out of time (HTTP 403).', 'The clocks differ: set the clock of this machine.');
  }
  if (/ExpiredToken|InvalidSignature|SignatureDoesNotMatch|UnrecognizedClient|InvalidClientToken|security token/i.test(text)) {
    return fail(
      'unauthenticated',
      'does not accept the AWS credentials (HTTP 403).',
      'Renew them, and check region and service of its configuration.',
    );
  }
  // An action such as `aps:QueryMetrics` or a permission such as `datasources:query`; letters and a colon cannot say anything else.
  const missing =
    /(?:perform:?|permission[s]?(?: needed| required)?:?|required:?|missing:?)\s+["'`]?([a-z][a-z0-9-]{1,30}(?::[A-Za-z]{2,40}){1,3})/i.exec(
      text,
    )?.[1];
  return fail(
    'forbidden',
    `may not be read with these credentials (HTTP 403)${missing ? `: ${missing} is missing` : ''}.`,
    missing ? `Grant ${missing}.` : `Grant the ${answer.signedAs ? WORD[answer.signedAs] : 'caller'} leave to read ${pathOf(answer)}.`,
  );
}

function redirected(answer: HttpAnswer, fail: Fail): SreError {
  const to = answer.headers['location'] ?? '';
  const target = URL.canParse(to, answer.url) ? new URL(to, answer.url) : undefined;
  if (target && /log-?in|sign-?in|auth|sso|saml|oauth|oidc/i.test(target.hostname + target.pathname)) {
    return fail(
      'unauthenticated',
      'sends its callers to a login page.',
      'A person signs in there; give its configuration a token or key for programs.',
    );
  }
  return target && target.origin !== new URL(answer.url).origin
    ? fail(
        'source_unavailable',
        `has moved to ${target.origin}, where its credentials are not sent.`,
        'If that is right, write the new address into its configuration.',
      )
    : fail('source_unavailable', `sends its callers in a circle (HTTP ${answer.status}).`, 'Check its address.');
}

/** 2xx, but nothing that could be read. */
function notData(answer: HttpAnswer, fail: Fail): SreError {
  const text = answer.body.slice(0, LOOKED_AT);
  if (/^\s*<(!doctype|html|head|body)|<html/i.test(text)) {
    return /type=["']?password|log ?in|sign ?in|sso|single sign/i.test(text)
      ? fail(
          'unauthenticated',
          'answered with a login page instead of data.',
          'Its login has expired or something before it asks for one: renew the credentials in its configuration.',
        )
      : fail(
          'source_unavailable',
          'answered with a web page instead of data.',
          'Check the path of its address; `sre-copilot doctor` tries the usual ones.',
        );
  }
  if (text.trim() === '')
    return fail('unreadable', 'sent an empty answer.', 'Check the path of its address, and what stands before it.', true);
  return fail(
    'unreadable',
    'sent an answer that cannot be read.',
    'Check that its address leads to the interface for programs; the answer may have been damaged on its way.',
    true,
  );
}

/** Our own request's path; the query may hold anything. */
function pathOf({ url }: HttpAnswer): string {
  return new URL(url).pathname;
}
