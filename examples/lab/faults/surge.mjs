// Healthy: nothing is broken, there are only more people. Undone: the crowd goes home.
import { setTimeout as sleep } from 'node:timers/promises';

export default {
  what: 'four times as many people for three minutes (a campaign); nothing breaks',
  kind: null,
  group: 'healthy',
  accept: [],
  visible: null,
  seconds: 180,

  async inject(shop) {
    for (const factor of [1.6, 2.4, 3.2, 4]) {
      shop.setLoad(factor);
      await sleep(5000);
    }
    return () => shop.setLoad(1);
  },
};
