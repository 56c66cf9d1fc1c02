/** Attributes of a span that say more than its name. */
export interface Facts {
  status: number;
  http: number;
  grpc: number;
  message: string;
  exception: string;
  errorType: string;
  flagged: boolean;
  peer: string;
  address: string;
  system: string;
  destination: string;
}

export function noFacts(): Facts {
  return {
    status: 0,
    http: 0,
    grpc: 0,
    message: '',
    exception: '',
    errorType: '',
    flagged: false,
    peer: '',
    address: '',
    system: '',
    destination: '',
  };
}

/** Takes what an attribute says about failure and about the callee; the names of semantic conventions old and new, and of OpenTracing. */
export function note(facts: Facts, key: string, value: string): void {
  switch (key) {
    case 'http.status_code':
    case 'http.response.status_code':
      facts.http = Number(value) || 0;
      return;
    case 'rpc.grpc.status_code':
      facts.grpc = Number(value) || 0;
      return;
    case 'error':
      if (value !== '' && value !== 'false') {
        facts.flagged = true;
        if (value !== 'true') facts.message ||= value;
      }
      return;
    case 'error.type':
      facts.errorType = value;
      return;
    case 'otel.status_code':
      if (value === 'ERROR') facts.status = 2;
      return;
    case 'otel.status_description':
    case 'error.message':
      facts.message ||= value;
      return;
    case 'peer.service':
      facts.peer = value;
      return;
    case 'server.address':
    case 'net.peer.name':
    case 'peer.hostname':
    case 'peer.address':
      facts.address ||= value;
      return;
    case 'db.system':
    case 'db.system.name':
    case 'messaging.system':
    case 'db.type':
      facts.system ||= value;
      return;
    case 'messaging.destination.name':
    case 'messaging.destination':
      facts.destination = value;
  }
}

/** Status error, an HTTP 5xx or gRPC failure of the server's making, or an exception that no status OK overrides. */
export function isFailed(facts: Facts): boolean {
  if (facts.status === 2) return true;
  if (facts.http >= 500) return true;
  if (facts.status === 1) return false;
  return facts.flagged || facts.exception !== '' || SERVER_FAULTS.has(facts.grpc);
}

/** gRPC codes that are the server's failure: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS. */
const SERVER_FAULTS = new Set([2, 4, 12, 13, 14, 15]);

export function errorOf(facts: Facts): string {
  const reason = facts.exception || facts.message || facts.errorType;
  if (reason !== '') return reason.length > 200 ? `${reason.slice(0, 199)}…` : reason;
  if (facts.http > 0) return `HTTP ${facts.http}`;
  return facts.grpc > 0 ? `gRPC ${facts.grpc}` : 'error';
}

/** What a client or producer span calls: a service's name, else a host's name, else the kind of system; bare addresses say nothing. */
export function peerOf(facts: Facts, kind: number): string {
  if (facts.peer !== '') return facts.peer;
  if (kind === 2 || kind === 5) return '';
  if (facts.system !== '') {
    if (facts.destination !== '') return facts.destination;
    return /^[\d.:[\]a-f]*$|^localhost$/i.test(facts.address) ? facts.system : facts.address;
  }
  if (facts.destination !== '') return facts.destination;
  return kind === 3 && !/^[\d.:[\]a-f]*$|^localhost$/i.test(facts.address) ? facts.address : '';
}
