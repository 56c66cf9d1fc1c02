import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** Key and certificate as PEM, made when a test asks: nothing that could be mistaken for a real secret lies in the repository. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly name: string;
  readonly private: KeyObject;
}

export interface CertificateOptions {
  readonly name: string;
  /** Host names and IPv4 addresses that it is good for. */
  readonly hosts?: readonly string[];
  readonly from?: Date;
  readonly until?: Date;
  /** @default signed by itself */
  readonly issuer?: Certificate;
  readonly authority?: boolean;
}

/** An X.509 version 3 certificate with an EC key, written as DER. */
export function certificate(options: CertificateOptions): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const {
    name,
    hosts = [],
    authority = false,
    from = new Date('2020-01-01T00:00:00Z'),
    until = new Date('2049-01-01T00:00:00Z'),
  } = options;
  const issuer = options.issuer ?? { name, private: privateKey };
  const publicInfo = publicKey.export({ type: 'spki', format: 'der' });
  const algorithm = tlv(0x30, oid(1, 2, 840, 10045, 4, 3, 2));
  const extensions = [
    extension([2, 5, 29, 19], tlv(0x30, authority ? tlv(0x01, Buffer.from([0xff])) : Buffer.alloc(0)), true),
    extension([2, 5, 29, 14], tlv(0x04, createHash('sha1').update(publicInfo).digest()), false),
    ...(hosts.length > 0 ? [extension([2, 5, 29, 17], tlv(0x30, ...hosts.map(generalName)), false)] : []),
  ];
  const toSign = tlv(
    0x30,
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    distinguishedName(issuer.name),
    tlv(0x30, time(from), time(until)),
    distinguishedName(name),
    publicInfo,
    tlv(0xa3, tlv(0x30, ...extensions)),
  );
  const signature = sign('sha256', toSign, issuer.private);
  const whole = tlv(0x30, toSign, algorithm, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    name,
    private: privateKey,
  };
}

/** Tag, length, value. */
function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const size =
    value.length < 128 ? [value.length] : value.length < 256 ? [0x81, value.length] : [0x82, value.length >> 8, value.length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

function oid(first: number, second: number, ...rest: readonly number[]): Buffer {
  const bytes = rest.flatMap(part => {
    const digits = [part & 127];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 127) | 128);
    return digits;
  });
  return tlv(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

function distinguishedName(name: string): Buffer {
  return tlv(0x30, tlv(0x31, tlv(0x30, oid(2, 5, 4, 3), tlv(0x0c, Buffer.from(name)))));
}

function time(date: Date): Buffer {
  return tlv(
    0x17,
    Buffer.from(
      `${date
        .toISOString()
        .slice(2)
        .replace(/[-:T]|\.\d+/g, '')}`,
    ),
  );
}

function extension([first, second, ...rest]: readonly [number, number, ...number[]], value: Buffer, critical: boolean): Buffer {
  return tlv(0x30, oid(first, second, ...rest), ...(critical ? [tlv(0x01, Buffer.from([0xff]))] : []), tlv(0x04, value));
}

function generalName(host: string): Buffer {
  return /^\d+(\.\d+){3}$/.test(host) ? tlv(0x87, Buffer.from(host.split('.').map(Number))) : tlv(0x82, Buffer.from(host));
}
