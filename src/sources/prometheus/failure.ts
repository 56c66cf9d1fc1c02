import { SreError } from '../../model/errors.ts';
import { type HttpAnswer, httpFailure } from '../../runtime/http.ts';

/** What servers of this family say, by what it means. Status and type differ (VictoriaMetrics: 422 with the type "422"), the words less. */
const MEANINGS: readonly (readonly [pattern: RegExp, code: SreError['code'], said: string, hint: string])[] = [
  [
    /exceeded maximum resolution|too many points/i,
    'invalid_argument',
    'gives fewer points a series than the step asks for',
    'Ask for a coarser step or a shorter window.',
  ],
  [
    /too many samples|max-?samples|maximum number of samples|expanding series|maxUniqueTimeseries|max(?:imum)? (?:number of )?(?:chunks|series|fetched)|exceeds? (?:the )?(?:max|limit)|err-mimir-max/i,
    'invalid_argument',
    'refused the query as too heavy',
    'Narrow it: more labels, a shorter window, or sum by (…) over fewer series.',
  ],
  [
    /query timed out|context deadline|timed? ?out/i,
    'source_timeout',
    'gave up on the query: it took too long',
    'Ask for a shorter window or fewer series.',
  ],
  [
    /many-to-many|multiple matches for labels|duplicate (?:time ?)?series on the|found duplicate/i,
    'invalid_argument',
    'cannot pair the two sides of an operator: one side has several series for the same labels',
    'Aggregate one side (sum by (…)), or add on(…) and group_left.',
  ],
  [
    /same labelset|duplicate timestamp/i,
    'invalid_argument',
    'found series that would have the same labels without their name',
    'Name one metric, or aggregate with by (…).',
  ],
  [
    /parsing regexp|regular expression|invalid regexp/i,
    'invalid_argument',
    'does not understand the regular expression',
    'It must be RE2: no look-ahead, no back reference.',
  ],
  [/no org id|tenant/i, 'unauthenticated', 'wants to know the tenant', 'Set tenant: in the source’s configuration (header X-Scope-OrgID).'],
  [
    /unknown function/i,
    'invalid_argument',
    'does not know a function of the expression',
    'Its version may be older; use another function.',
  ],
  [
    /out of (?:bounds|range)|too far in the past|before the minimum|retention/i,
    'invalid_argument',
    'does not keep data of that time',
    'Ask for a later window.',
  ],
  [
    /maximum (?:query )?length|query (?:length|range)|the query time range/i,
    'invalid_argument',
    'refused the window as too long',
    'Ask for a shorter window.',
  ],
];

/** A refused query in our own words. The server's text is the cause; only a position in the expression is taken from it. */
export function queryFailure(answer: HttpAnswer, source: string): SreError {
  const said = errorText(answer);
  if (said === undefined) return httpFailure(answer, source);
  const cause = new Error(`HTTP ${answer.status} from ${answer.url}: ${said.slice(0, 2000)}`);
  const at = /(?:^|[^\d])(\d{1,4}):(\d{1,5}): parse error/.exec(said);
  if (at) {
    const where = at[1] === '1' ? `character ${at[2]}` : `line ${at[1]}, character ${at[2]}`;
    return new SreError('invalid_argument', `Source ${source} does not accept the expression at ${where}.`, {
      hint: 'Check names, types and arguments there; its version may not know all of PromQL.',
      cause,
    });
  }
  for (const [pattern, code, text, hint] of MEANINGS) {
    if (pattern.test(said)) return new SreError(code, `Source ${source} ${text}.`, { hint, cause, retryable: code === 'source_timeout' });
  }
  if (answer.status >= 500 || answer.status === 401) return httpFailure(answer, source);
  return new SreError('invalid_argument', `Source ${source} refused the query (HTTP ${answer.status}).`, {
    hint: 'Try a part of the expression to find what it does not accept.',
    cause,
  });
}

/** The error of the API's envelope, or of a plain text such as VictoriaMetrics sends; undefined = a page of something else. */
function errorText({ body, headers }: HttpAnswer): string | undefined {
  if (/json/i.test(headers['content-type'] ?? '') || body.startsWith('{')) {
    try {
      const fields = JSON.parse(body) as { error?: unknown; message?: unknown };
      const said = fields.error ?? fields.message;
      return typeof said === 'string' ? said : undefined;
    } catch {
      return undefined;
    }
  }
  return /^text\/plain/i.test(headers['content-type'] ?? '') ? body.slice(0, 2000) : undefined;
}
