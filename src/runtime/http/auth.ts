import { readFile } from 'node:fs/promises';
import { SreError } from '../../model/errors.ts';
import type { Millis } from '../../model/time.ts';
import { type Signable, sigV4Headers } from './sigv4.ts';

/** Asked for every request, so that a replaced secret counts without a restart. */
export type Secret = () => Promise<string>;

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export type Auth =
  | { readonly kind: 'basic'; readonly username: string; readonly password: Secret }
  | { readonly kind: 'bearer'; readonly token: Secret }
  | { readonly kind: 'header'; readonly name: string; readonly value: Secret }
  | { readonly kind: 'sigv4'; readonly region: string; readonly service: string; readonly credentials: () => Promise<AwsCredentials> };

/** What a request is signed with at the moment. @throws SreError `unauthenticated` when it cannot be had */
export async function secretOf(auth: Auth, id: string): Promise<string | AwsCredentials> {
  try {
    if (auth.kind === 'basic') return await auth.password();
    if (auth.kind === 'sigv4') return await auth.credentials();
    return headerValue(await (auth.kind === 'bearer' ? auth.token() : auth.value()));
  } catch (failure) {
    if (failure instanceof SreError) throw failure;
    throw new SreError('unauthenticated', `The credentials of source ${id} cannot be read.`, {
      hint: 'Check the file or variable that holds them, and who may read it.',
      cause: failure,
    });
  }
}

/** The headers that sign a request with a secret that `secretOf` gave. */
export function authHeaders(auth: Auth, secret: string | AwsCredentials, request: Signable, now: Millis): Record<string, string> {
  if (auth.kind === 'sigv4') return sigV4Headers(request, secret as AwsCredentials, auth, now);
  if (auth.kind === 'header') return { [auth.name.toLowerCase()]: secret as string };
  if (auth.kind === 'bearer') return { authorization: `Bearer ${secret}` };
  return { authorization: `Basic ${Buffer.from(`${auth.username}:${secret}`, 'utf8').toString('base64')}` };
}

/** The content of a file, without the line end that editors leave. Read each time: it is small and may have been replaced. */
export function secretFile(path: string): Secret {
  return async () => (await readFile(path, 'utf8')).trim();
}

function headerValue(secret: string): string {
  if (secret === '' || /[^\t\x20-\x7e\x80-\xff]/.test(secret))
    throw new Error('The secret is empty or holds characters no header can carry.');
  return secret;
}
