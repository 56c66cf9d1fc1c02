// Payments: talks TLS to its callers and to the card acquirer outside.
import { call } from '../../lib/client.mjs';
import { log } from '../../lib/log.mjs';
import { counter } from '../../lib/metrics.mjs';
import { Refusal, serve } from '../../lib/server.mjs';

const charged = counter('payment_charges_total', 'Charges by outcome', ['outcome']);

serve(
  {
    async 'POST /charges'({ body }) {
      try {
        const approval = await call('acquirer', 'POST', '/v2/authorizations', { amount: body.amount, currency: 'EUR' });
        charged.inc({ outcome: 'approved' });
        log.info('charge approved', { charge: approval.id, amount: body.amount });
        return { id: approval.id };
      } catch (error) {
        charged.inc({ outcome: 'failed' });
        throw new Refusal(error.status ?? 502, `card authorization failed: ${error.message}`, error);
      }
    },
  },
  { tls: { keyPath: '/srv/shop/etc/payment.key', certPath: '/srv/shop/etc/payment.crt' } },
);
