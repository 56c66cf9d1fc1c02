/** What the environment says about proxies. */
export interface ProxySettings {
  readonly http?: string;
  readonly https?: string;
  /** Hosts that are reached without one: `localhost,.example.org,10.0.0.7:9090,*`. */
  readonly none?: string;
}

/**
 * How an address is reached: directly, through that proxy, or as the environment says when no settings are given. This machine is never
 * reached through a proxy unless the settings ask for one.
 */
export function proxyFor(target: URL, settings: ProxySettings | undefined): URL | 'direct' | 'environment' {
  const own = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(target.hostname);
  if (own) return 'direct';
  if (settings === undefined) return 'environment';
  const address = target.protocol === 'https:' ? (settings.https ?? settings.http) : settings.http;
  if (!address || !URL.canParse(address)) return 'direct';
  return excepted(target, settings.none ?? '') ? 'direct' : new URL(address);
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
