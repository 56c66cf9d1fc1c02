export type Category =
  | 'timeout'
  | 'connection'
  | 'dns'
  | 'tls'
  | 'auth'
  | 'permission'
  | 'rate_limit'
  | 'resource_exhaustion'
  | 'deadlock'
  | 'data'
  | 'configuration'
  | 'dependency'
  | 'bug'
  | 'unknown';

/** Most telling first: a certificate is named inside connection errors, a deadlock inside timeouts. */
const RULES: readonly (readonly [Category, RegExp])[] = [
  [
    'deadlock',
    /deadlock\w*|lock wait timeout|could not serialize access|all goroutines are asleep|LockAcquisition\w*|CannotAcquireLock\w*/i,
  ],
  [
    'tls',
    /certificate\w*|\bTLS\b|\bSSL\w*|x509|PKIX path|handshake (?:failure|failed|error)|SSLHandshake\w*|CERT_\w+|self[- ]signed|unable to get local issuer/i,
  ],
  [
    'dns',
    /UnknownHost\w*|ENOTFOUND|EAI_AGAIN|getaddrinfo|name or service not known|no such host|name resolution|NXDOMAIN|could not resolve host|nodename nor servname|gaierror/i,
  ],
  [
    'rate_limit',
    /rate[ -]?limit\w*|too many requests|\b429\b|throttl\w*|quota exceeded|RequestLimitExceeded|ProvisionedThroughput\w*|slow ?down\b/i,
  ],
  [
    'resource_exhaustion',
    /OutOfMemory\w*|out of memory|MemoryError|heap (?:space|limit|out)|cannot allocate|no space left|ENOSPC|too many open files|EMFILE|disk (?:is )?full|disk quota|pool (?:exhausted|is exhausted|timeout)|QueuePool limit|too many connections|connection slots|StackOverflow\w*|stack overflow|Maximum call stack|maximum recursion|RecursionError|RejectedExecution\w*|unable to create new native thread|ResourceExhausted|OOMKilled|Insufficient (?:memory|cpu)|pool.{0,30}request timed out|max(?:imum)? pool size/i,
  ],
  [
    'timeout',
    /time[ds]?[ -]?out\w*|ETIMEDOUT|ESOCKETTIMEDOUT|\w*Timeout\w*|deadline exceeded|DeadlineExceeded|context deadline|took too long|\b50[48]\b.*gateway/i,
  ],
  [
    'auth',
    /unauthori[sz]ed|\b401\b|authentication\w*|Unauthenticated|invalid (?:token|credentials|password|api key|signature)|token (?:has )?expired|ExpiredToken\w*|login failed|JWT\w*|BadCredentials\w*|password authentication failed/i,
  ],
  [
    'permission',
    /permission\w*|access (?:is )?denied|AccessDenied\w*|forbidden|\b403\b|EACCES|EPERM|not authori[sz]ed|PermissionError|insufficient privileges|UnauthorizedAccess\w*|SecurityException/i,
  ],
  [
    'connection',
    /connection (?:refused|reset|closed|aborted|timed out|lost|failure|failed)|ECONN\w+|EPIPE|EHOSTUNREACH|ENETUNREACH|broken pipe|ConnectException|ConnectionError|Connect(?:ion)?\w*(?:Exception|Error)|Socket\w*(?:Exception|Error)|network is unreachable|no route to host|could not connect|cannot connect|failed to connect|socket hang up|unexpected EOF|EOFException|server closed the connection|RemoteDisconnected|NoRouteToHost\w*|HttpHostConnect\w*|CommunicationsException|ClosedChannel\w*/i,
  ],
  [
    'dependency',
    /no instances available|service unavailable|\b50[23]\b|bad gateway|upstream|circuit ?breaker\w*|CallNotPermitted\w*|FeignException\w*|HttpServerError\w*|RemoteException|RpcException|StatusRuntimeException|BrokenCircuit\w*|RestClient\w*|\bUNAVAILABLE\b|InternalServerError/i,
  ],
  [
    'configuration',
    /config\w*|missing (?:environment|required|property|setting)|environment variable|BeanCreation\w*|NoSuchBean\w*|UnsatisfiedDependency\w*|ClassNotFound\w*|NoClassDefFound\w*|module not found|cannot find module|ModuleNotFoundError|ImportError|MODULE_NOT_FOUND|LoadError|UnsatisfiedLink\w*|NoSuchMethodError|undefined symbol|could not resolve placeholder|unknown (?:option|setting)|FileNotFound\w*|ENOENT|no such file|NoSuchFile\w*|address already in use|EADDRINUSE/i,
  ],
  [
    'data',
    /\w*(?:Parse|Parsing|Json|Syntax|Format|Decode|Encoding|Validation|Serialization|Deserializ\w*|Integrity|Constraint|Convert\w*|Conversion|Cast|Schema|Unicode\w*|Malformed\w*)(?:Exception|Error)\b|invalid (?:json|input|argument|syntax|character|value|format)|violates \w+(?:[ -]\w+)* constraint|duplicate (?:key|entry)|unexpected (?:token|end of)|malformed|out of range|ArgumentException|ArgumentError|IllegalArgument\w*|ValueError|KeyError|no rows|NoSuchElement\w*|DataError|IntegrityError|SQLSyntax\w*|JSON\.parse|division by zero|DivideByZero\w*|IntegerDivisionByZero\w*|ArithmeticException|ZeroDivisionError|RecordNotFound|EntityNotFound\w*|RoutingError/i,
  ],
  [
    'bug',
    /NullPointer\w*|NullReference\w*|nil pointer|null pointer|NoneType|TypeError|ReferenceError|AttributeError|NameError|NoMethodError|NoSuchMethod\w*|undefined (?:method|is not|variable|function)|is not (?:a function|defined|iterable)|cannot read propert\w+|IndexOutOf\w*|IndexError|index out of (?:range|bounds)|ArrayIndex\w*|RangeError|ClassCast\w*|InvalidCast\w*|IllegalState\w*|InvalidOperation\w*|StateError|Bad state|AssertionError|assertion \w+|panicked|unwrap\(\)|Segmentation fault|SIGSEGV|SIGABRT|AddressSanitizer\w*|UnsupportedOperation\w*|UnsupportedError|NotImplemented\w*|UnboundLocalError|ConcurrentModification\w*|FunctionClauseError|MatchError|CyclicInitialization\w*|unreachable/i,
  ],
];

/**
 * What kind of trouble an exception tells of, with the words that say so.
 *
 * The innermost cause is asked first, because the outer exceptions mostly say that something went wrong below. A rule of words, not a judgement: it is
 * good at the errors of run times and drivers, and says `unknown` for an application's own names.
 * @param texts types and messages, outermost first
 * @returns the category and the matching words, `''` when there are none
 * @example categorize(['SocketTimeoutException', 'Read timed out']).category // => 'timeout'
 */
export function categorize(texts: readonly string[]): { category: Category; reason: string } {
  for (let i = texts.length - 1; i >= 1; i -= 2) {
    const text = `${texts[i - 1]}: ${texts[i]}`.slice(0, 2000);
    for (const [category, pattern] of RULES) {
      const found = pattern.exec(text);
      if (found) return { category, reason: found[0].slice(0, 100) };
    }
  }
  return { category: 'unknown', reason: '' };
}
