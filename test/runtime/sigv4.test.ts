import { expect, test } from 'vitest';
import { sigV4Headers } from '../../src/runtime/http/sigv4.ts';

/** The key pair that AWS uses in its own examples; it opens nothing. */
const EXAMPLE = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: ['wJalrXUtnFEMI', 'K7MDENG+bPxRfiCYEXAMPLEKEY'].join('/') };
const NOON = Date.UTC(2015, 7, 30, 12, 36, 0);

function signature(
  url: string,
  {
    method = 'GET',
    headers = {},
    body = '',
    service = 'service',
    session = '',
  }: { method?: string; headers?: Record<string, string>; body?: string; service?: string; session?: string } = {},
): string {
  const credentials = session ? { ...EXAMPLE, sessionToken: session } : EXAMPLE;
  const signed = sigV4Headers({ method, url: new URL(url), headers, body }, credentials, { region: 'us-east-1', service }, NOON);
  return /Signature=([0-9a-f]{64})$/.exec(signed['authorization']!)![1]!;
}

test('the request that the guide signs step by step', () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  expect(signature('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08', { headers, service: 'iam' })).toBe(
    '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  );
});

test('a bare request, and one with a body', () => {
  expect(signature('https://example.amazonaws.com/')).toBe('5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31');
  expect(signature('https://example.amazonaws.com/', { method: 'POST' })).toBe(
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  );
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect(signature('https://example.amazonaws.com/', { method: 'POST', headers, body: 'Param1=value1' })).toBe(
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  );
});

test('parameters are sorted by name, whatever their order on the way', () => {
  expect(signature('https://example.amazonaws.com/?Param1=value1&Param2=value2')).toBe(
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  );
  expect(signature('https://example.amazonaws.com/?Param2=value2&Param1=value1')).toBe(
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  );
});

test('forms, session tokens, encoded paths and repeated parameters, as the AWS SDK for Python signs them', () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const body = 'query=up%7Ba%3D%22b%20c%22%7D&step=15';
  const workspace = 'https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-1/api/v1';
  expect(signature(`${workspace}/query_range`, { method: 'POST', headers, body, service: 'aps', session: 'SESSIONTOKEN' })).toBe(
    '898ca819699597864d20c205b88b1657968f288b2c5abbec3fe446c1738a1fe3',
  );
  const query = 'match%5B%5D=up%7Ba%3D%22b%20c%22%7D&match%5B%5D=%C3%BC%2A~&start=1.5';
  expect(signature(`${workspace}/label/a%2Fb%20c/values?${query}`, { service: 'aps' })).toBe(
    'c75462e5511a7f8a6ff3cc3ef263293781980b789e65378e2c48ed32cdbcd25d',
  );
});
