import { createHash, createHmac } from 'node:crypto';
import type { Millis } from '../../model/time.ts';
import type { AwsCredentials } from './auth.ts';
import { percentEncoded } from './text.ts';

export interface Signable {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the request must carry on its way, so that a proxy that changes another header does not break the signature. */
const SIGNED = new Set(['content-type', 'host', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256']);

/**
 * AWS Signature Version 4 of a request (any service but S3, which encodes paths once).
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */
export function sigV4Headers(
  request: Signable,
  credentials: AwsCredentials,
  { region, service }: { readonly region: string; readonly service: string },
  now: Millis,
): Record<string, string> {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const added = {
    'x-amz-date': time,
    ...(credentials.sessionToken ? { 'x-amz-security-token': credentials.sessionToken } : {}),
  };
  const all: Record<string, string> = { ...request.headers, host: request.url.host, ...added };
  const names = Object.keys(all)
    .filter(name => SIGNED.has(name))
    .sort();
  const canonical = [
    request.method,
    canonicalPath(request.url.pathname),
    canonicalQuery(request.url.search),
    ...names.map(name => `${name}:${all[name]!.trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    sha256(request.body),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  const signature = hmac(key, toSign).toString('hex');
  return {
    ...added,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

/** The path as it is sent, encoded once more. */
function canonicalPath(path: string): string {
  return path.split('/').map(percentEncoded).join('/') || '/';
}

function canonicalQuery(search: string): string {
  return search
    .slice(1)
    .split('&')
    .filter(Boolean)
    .map(pair => {
      const [name = '', ...value] = pair.split('=');
      return [recoded(name), recoded(value.join('='))] as const;
    })
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function recoded(text: string): string {
  return percentEncoded(decodeURIComponent(text));
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
