// Undone: the valid certificate is put back and reread.
import { copyFileSync } from 'node:fs';
import { fakeTimeLibrary } from '../plan.mjs';

const folder = '/srv/shop/etc';

export default {
  what: 'payment serves a certificate that expired ten days ago, left behind by the certificate synchronisation',
  kind: 'certificate',
  accept: ['payment', 'payment-1', 'payment-2', 'payment-1:8080', 'payment-2:8080'],
  visible:
    'changes: the synchronisation; logs/orders: CERT_HAS_EXPIRED towards payment; metrics/app.csv: http_client_failures_total{service="orders",target="payment",reason="CERT_HAS_EXPIRED"}; payment receives no request any more',
  harmless: [{ name: 'web-home-cache', after: -55 }],

  async inject(shop) {
    const past = ['env', `LD_PRELOAD=${fakeTimeLibrary}`, 'FAKETIME=-40d'];
    const certificate = [
      'openssl',
      'x509',
      '-req',
      '-days',
      '30',
      '-in',
      `${folder}/payment.csr`,
      '-CA',
      `${folder}/ca.crt`,
      '-CAkey',
      `${folder}/ca.key`,
      '-CAcreateserial',
      '-extfile',
      `${folder}/payment.ext`,
      '-out',
      `${folder}/payment-old.crt`,
    ];
    await shop.exec(...past, ...certificate);
    const swap = from => {
      copyFileSync(from, `${folder}/payment.crt`);
      for (const host of ['payment-1', 'payment-2']) shop.supervisor.signal(host, 'SIGHUP');
    };
    copyFileSync(`${folder}/payment.crt`, `${folder}/payment-valid.crt`);
    shop.change({ kind: 'config', service: 'payment', summary: 'certificates synchronised from the vault', author: 'cert-sync' });
    swap(`${folder}/payment-old.crt`);
    return () => swap(`${folder}/payment-valid.crt`);
  },
};
