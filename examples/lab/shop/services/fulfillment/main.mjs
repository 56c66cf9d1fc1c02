// Fulfillment: takes orders off the queue, one after the other, and ships them.
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { log } from '../../lib/log.mjs';
import { counter, gauge } from '../../lib/metrics.mjs';
import { serve } from '../../lib/server.mjs';
import { database, redis, transaction } from '../../lib/stores.mjs';

const pool = database();
const queue = redis({ commandTimeout: 10_000 });
const look = redis();
const tracer = trace.getTracer('fulfillment');
const shipped = counter('fulfillment_jobs_total', 'Jobs by outcome', ['outcome']);
const waited = counter('fulfillment_wait_seconds_total', 'Time that jobs spent in the queue');
gauge('queue_depth', 'Jobs waiting in queue:fulfillment', async function collect() {
  this.set(await look.llen('queue:fulfillment').catch(() => Number.NaN));
});

let stopping = false;

async function ship(job) {
  const packing = 15 + 10 * job.items; // milliseconds: label, parcel
  await new Promise(resolve => setTimeout(resolve, packing));
  await transaction(pool, async client => {
    await client.query('insert into shipments (order_id, carrier) values ($1, $2)', [job.order, 'parcel']);
    await client.query("update orders set status = 'shipped' where id = $1", [job.order]);
  });
}

async function work() {
  while (!stopping) {
    try {
      const entry = await queue.brpop('queue:fulfillment', 2);
      if (!entry) continue;
      const job = JSON.parse(entry[1]);
      const parent = propagation.extract(context.active(), job.carrier);
      const options = {
        kind: SpanKind.CONSUMER,
        attributes: {
          'messaging.system': 'redis',
          'messaging.destination.name': 'queue:fulfillment',
          'messaging.operation.type': 'process',
        },
      };
      await tracer.startActiveSpan('process queue:fulfillment', options, parent, async span => {
        const waitedMillis = Date.now() - job.placed;
        waited.inc(Math.max(0, waitedMillis) / 1000);
        try {
          await ship(job);
          shipped.inc({ outcome: 'shipped' });
          log.info('order shipped', { order: job.order, waitedMillis });
        } catch (error) {
          shipped.inc({ outcome: 'failed' });
          span.recordException(error);
          span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
          log.error('shipping failed', { order: job.order }, error);
        } finally {
          span.end();
        }
      });
    } catch (error) {
      log.warn(`queue read failed: ${error.message}`);
      await new Promise(resolve => setTimeout(resolve, 1000));
    }
  }
}

serve({}, { onStop: () => (stopping = true) });
work();
