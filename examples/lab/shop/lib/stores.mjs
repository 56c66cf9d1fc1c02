// PostgreSQL and Redis as the services use them.
import { Redis } from 'ioredis';
import pg from 'pg';
import { service, settings } from './identity.mjs';
import { log } from './log.mjs';
import { counter, gauge } from './metrics.mjs';

export function database() {
  const pool = new pg.Pool({
    host: 'db-1',
    port: 5432,
    user: 'shop',
    database: 'shop',
    application_name: service,
    max: settings.pool ?? 10,
    connectionTimeoutMillis: 1000,
    idleTimeoutMillis: 8_000,
    statement_timeout: settings.statementTimeout ?? 1500,
  });
  pool.on('error', error => log.error('idle database connection lost', {}, error));
  gauge('pg_pool_connections', 'Connections of the pool', function collect() {
    this.set(pool.totalCount);
  });
  gauge('pg_pool_idle', 'Idle connections of the pool', function collect() {
    this.set(pool.idleCount);
  });
  gauge('pg_pool_waiting', 'Callers waiting for a connection', function collect() {
    this.set(pool.waitingCount);
  });
  return pool;
}

/** Runs `work(client)` in one transaction. */
export async function transaction(pool, work) {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

export function redis(options = {}) {
  const connection = new Redis({
    host: 'cache-1',
    port: 6379,
    maxRetriesPerRequest: 1,
    commandTimeout: 1000,
    retryStrategy: () => 500,
    connectionName: service,
    ...options,
  });
  let down = false;
  connection.on('error', error => {
    if (!down) log.error(`redis connection failed: ${error.message}`, {}, error);
    down = true;
  });
  connection.on('ready', () => {
    if (down) log.info('redis connection restored');
    down = false;
  });
  return connection;
}

const lookups = counter('cache_lookups_total', 'Cache-aside reads', ['result']);

/** Cache-aside: the value under `key`, or what `load` gives, kept for `seconds`. A broken cache is only slower. */
export async function cached(connection, key, seconds, load) {
  let text = null;
  try {
    text = await connection.get(key);
  } catch (error) {
    log.warn(`cache read failed for ${key}`, { reason: error.message });
  }
  lookups.inc({ result: text === null ? 'miss' : 'hit' });
  if (text !== null) return JSON.parse(text);
  const value = await load();
  await connection.set(key, JSON.stringify(value), 'EX', seconds).catch(error => {
    log.warn(`cache write failed for ${key}`, { reason: error.message });
  });
  return value;
}
