import type { Parameters } from '../http.ts';

/** `?a=1&b=2`, or nothing. A list repeats its name; what is undefined is left out. Spaces are `%20`, which every server and signature reads alike. */
export function queryText(parameters: Parameters | undefined): string {
  const text = formText(parameters);
  return text && `?${text}`;
}

/** The same as a form's body. */
export function formText(parameters: Parameters = {}): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [value].flat().map(one => `${percentEncoded(name)}=${percentEncoded(String(one))}`),
    )
    .join('&');
}

/** RFC 3986: all but letters, digits and `-._~`. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}
