/** What the environment says about proxies. */
export interface ProxySettings {
  readonly http?: string;
  readonly https?: string;
  /** Hosts that are reached without one: `localhost,.example.org,10.0.0.7:9090,*`. */
  readonly none?: string;
}

/** The proxy that an address is reached through; undefined = directly, as this machine itself always is. */
export function proxyFor(target: URL, settings: ProxySettings): URL | undefined {
  if (/^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(target.hostname)) return undefined;
  const address = target.protocol === 'https:' ? (settings.https ?? settings.http) : settings.http;
  if (!address || excepted(target, settings.none ?? '')) return undefined;
  // `proxy.example.org:3128` without a scheme is usual.
  const written = /^\w+:\/\//.test(address) ? address : `http://${address}`;
  return URL.canParse(written) ? new URL(written) : undefined;
}

function excepted({ hostname, port, protocol }: URL, none: string): boolean {
  const portOf = port || (protocol === 'https:' ? '443' : '80');
  return none
    .split(/[\s,]+/)
    .filter(Boolean)
    .some(entry => {
      const [, name, onPort] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase())!;
      if (onPort && onPort !== portOf) return false;
      if (name === '*') return true;
      const bare = name!.replace(/^\*?\./, '');
      return hostname === bare || hostname.endsWith(`.${bare}`);
    });
}
