// Loaded with --import before a service: tracing for http, PostgreSQL, Redis, and trace ids in pino's lines.
import { register } from 'node:module';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { NodeSDK } from '@opentelemetry/sdk-node';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url); // without it nothing imported as ESM is patched

const unwatched = /^\/(metrics|healthz)/;
const sdk = new NodeSDK({
  instrumentations: [
    new HttpInstrumentation({
      ignoreIncomingRequestHook: request => unwatched.test(request.url),
      requireParentforOutgoingSpans: true,
    }),
    new PgInstrumentation({ requireParentSpan: true, addSqlCommenterCommentToQueries: true }),
    new IORedisInstrumentation({ requireParentSpan: true }),
    new PinoInstrumentation({ disableLogSending: true }),
  ],
});
sdk.start();

export const flushTraces = () => sdk.shutdown().catch(() => {});
