// Undone: the idle clients end.
export default {
  what: 'a reporting job opens up to 90 idle connections; PostgreSQL has none left for the services',
  kind: 'pool',
  accept: ['postgres', 'postgresql', 'db-1', 'db-1:5432', 'db-1:9187', 'shop', 'reporting'],
  visible:
    'metrics/postgres.csv: pg_backends_count{application_name="reporting"}, pg_stat_activity_count near 80; logs/postgres: "remaining connection slots are reserved"; logs of the services: code 53300; alert PostgresConnections',
  harmless: [{ name: 'web-home-cache', after: -65 }],

  inject(shop) {
    return shop.background(
      [
        'sh',
        '-c',
        'for i in $(seq 90); do (while true; do sleep 600 | psql -h db-1 -U shop -d shop -q; sleep 1.5; done) & sleep 0.1; done; wait',
      ],
      { PGAPPNAME: 'reporting' },
    );
  },
};
