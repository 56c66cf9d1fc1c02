import { randomBytes } from 'node:crypto';

/** An id that cannot be guessed, of so many random bytes, in hexadecimal. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
