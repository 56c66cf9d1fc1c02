import { modelSurprise } from './count-surprise.ts';
import { incompleteBeta } from './count-tails.ts';

/** Messages of one template from one host, version, tenant, instance … */
export interface PeerCount {
  readonly peer: string;
  readonly count: number;
  /** What the count is relative to: all messages or requests of the peer, or minutes of coverage. */
  readonly exposure: number;
}

export interface PeerOutlier {
  readonly peer: string;
  readonly count: number;
  /** Messages that the rate of the other peers gives for this one. */
  readonly expected: number;
  readonly direction: 'more' | 'less';
  /** Probability that any peer is this far from the others when all are alike. */
  readonly p: number;
  readonly alarm: boolean;
}

/**
 * Peers that log a template more or less than the others at equal exposure: this host, this version, this tenant.
 *
 * Each peer is compared with all others together; how far alike peers differ is learnt from those others, so that a fleet that is
 * uneven anyway raises no alarm. Good at: one or two odd ones among many. Bad at: fewer than 6 peers (only gross
 * differences show), or a fleet of two halves. The rate of false alarms is at most the stated one.
 * @param falseAlarms share of healthy fleets in which any peer may raise an alarm
 * @returns one row for each peer with exposure, smallest p first; empty for fewer than 4
 * @example
 * peerOutliers(['a', 'b', 'c', 'd', 'e'].map(peer => ({ peer, count: peer === 'c' ? 90 : 10, exposure: 100 })))[0].peer // => 'c'
 */
export function peerOutliers(peers: readonly PeerCount[], falseAlarms = 0.05): readonly PeerOutlier[] {
  const known = peers.filter(({ exposure }) => exposure > 0);
  if (known.length < 4) return [];
  const count = known.reduce((sum, peer) => sum + peer.count, 0);
  const exposure = known.reduce((sum, peer) => sum + peer.exposure, 0);
  return known
    .map((peer): PeerOutlier => {
      const others = known.filter(other => other !== peer);
      const otherCount = count - peer.count;
      const expected = (otherCount / (exposure - peer.exposure)) * peer.exposure;
      // Both must find it odd: independent counts, which know small numbers, and logarithms of rates, which know how uneven the fleet is.
      const p = Math.max(
        modelSurprise(peer.count, otherCount, peer.exposure / exposure, 1, Number.POSITIVE_INFINITY),
        unlike(peer, others),
      );
      const any = -Math.expm1(known.length * Math.log1p(-Math.min(p, 1 - 1e-12)));
      return {
        peer: peer.peer,
        count: peer.count,
        expected,
        direction: peer.count > expected ? 'more' : 'less',
        p: any,
        alarm: any <= falseAlarms,
      };
    })
    .sort((a, b) => a.p - b.p || (a.peer < b.peer ? -1 : 1));
}

/** Two-sided p of a peer's log rate among the others' (random-effects model, unevenness after Hedges 1983). */
function unlike(peer: PeerCount, others: readonly PeerCount[]): number {
  const rate = ({ count, exposure }: PeerCount): number => Math.log((count + 0.5) / exposure);
  const noise = ({ count }: PeerCount): number => 1 / (count + 0.5);
  const freedom = others.length - 1;
  const rates = others.map(rate);
  const noises = others.map(noise);
  const usualNoise = mean(noises);
  const usualRate = mean(rates);
  const between = Math.max(0, rates.reduce((sum, y) => sum + (y - usualRate) ** 2, 0) / freedom - usualNoise);
  const weights = others.map(other => 1 / (noise(other) + between));
  const centre = weightedMean(rates, weights);
  const own = noise(peer) + 1 / weights.reduce((a, b) => a + b, 0);
  // How uneven the fleet is had to be learnt from a few peers; what independent counts give is known.
  const doubt = between + usualNoise * Math.sqrt(2 / freedom);
  const t = (rate(peer) - centre) / Math.sqrt(own + doubt);
  const degrees = (freedom * (noise(peer) + doubt)) / doubt;
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function weightedMean(values: readonly number[], weights: readonly number[]): number {
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < values.length; i++) {
    sum += weights[i]! * values[i]!;
    weight += weights[i]!;
  }
  return sum / weight;
}
