/**
 * Where a secret can stand: places for a secret that has no shape of its own (a password), and shapes that give themselves away wherever
 * they stand. Every value is put together here from an alphabet; none was ever valid.
 */
export interface Place {
  readonly name: string;
  /** A text that holds the secret. */
  readonly text: (secret: string) => string;
}

const place = (name: string, text: (secret: string) => string): Place => ({ name, text });
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** For a secret of letters, digits and a few marks. */
export const PASSWORD_PLACES: readonly Place[] = [
  place('logfmt', s => `level=info user=bob password=${s} msg="signed in"`),
  place('logfmt quoted', s => `level=info password="${s}" msg=ok`),
  place('last of line', s => `connecting with password=${s}`),
  place('colon', s => `Password: ${s}`),
  place('YAML', s => `db:\n  user: app\n  password: ${s}\n  pool: 5`),
  place('JSON', s => `{"user":"bob","password":"${s}","ok":true}`),
  place('JSON with spaces', s => `{ "user" : "bob", "db_password" : "${s}" }`),
  place('JSON in JSON', s => JSON.stringify({ message: JSON.stringify({ password: s, user: 'bob' }) })),
  place('JSON in JSON in JSON', s => JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ clientSecret: s }) }) })),
  place('Python repr', s => `config = {'user': 'bob', 'passwd': '${s}', 'n': 1}`),
  place('Ruby hash', s => `params: {"user"=>"bob", "password"=>"${s}"}`),
  place('Ruby symbols', s => `{:user=>"bob", :password=>"${s}"}`),
  place('Java map', s => `config={user=bob, password=${s}, pool=5}`),
  place('Java map, last', s => `config={user=bob, password=${s}}`),
  place('Go struct', s => `cfg: {User:bob Password:${s} Host:db}`),
  place('Go struct quoted', s => `main.Config{User:"bob", Password:"${s}"}`),
  place('camelCase', s => `dbPassword=${s}`),
  place('environment', s => `PATH=/usr/bin\nPGPASSWORD=${s}\nHOME=/root`),
  place('environment, prefixed', s => `MYSQL_ROOT_PASSWORD=${s}`),
  place('environment, secret', s => `export APP_CLIENT_SECRET='${s}'`),
  place('Kubernetes env', s => `env: [{"name":"DB_PASSWORD","value":"${s}"}]`),
  place('Kubernetes env, spaced', s => `{ "name": "API_KEY", "value": "${s}" }`),
  place('URL', s => `connecting to postgres://app:${s}@db:5432/orders?sslmode=off`),
  place('URL without user', s => `redis://:${s}@cache:6379/0`),
  place('URL, mongodb', s => `mongodb+srv://root:${s}@cluster0.example.net/test`),
  place('URL, amqp in JSON', s => `{"broker":"amqp://guest:${s}@mq:5672/%2f"}`),
  place('query', s => `GET /login?user=bob&password=${s}&next=/ HTTP/1.1`),
  place('query, token', s => `GET /cb?access_token=${s} HTTP/1.1`),
  place('query, encoded', s => `redirect=%2Flogin%3Fpassword%3D${s}%26a%3Db`),
  place('form body', s => `body: grant_type=password&client_secret=${s}&scope=a`),
  place('DSN of Go', s => `app:${s}@tcp(db:3306)/orders`),
  place('ADO connection string', s => `Server=db;Database=o;User Id=sa;Password=${s};Encrypt=true`),
  place('ODBC', s => `Driver={x};Uid=app;Pwd=${s};`),
  place('JDBC', s => `jdbc:postgresql://db/orders?user=app&password=${s}`),
  place('libpq', s => `host=db user=app password='${s}' dbname=o`),
  place('header', s => `X-Api-Key: ${s}`),
  place('header in JSON', s => `{"headers":{"x-api-key":"${s}"}}`),
  place('header list', s => `headers=[Authorization:"Token ${s}", Accept:"*/*"]`),
  place('Authorization', s => `Authorization: Bearer ${s}`),
  place('Authorization in Go', s => `map[Accept:[*/*] Authorization:[Bearer ${s}]]`),
  place('Authorization in Node', s => `headers: { authorization: 'Bearer ${s}', accept: '*/*' }`),
  place('Authorization, basic', s => `Authorization: Basic ${base64(`bob:${s}`)}`),
  place('cookie', s => `Cookie: theme=dark; session=${s}; lang=en`),
  place('set-cookie', s => `Set-Cookie: sid=${s}; Path=/; HttpOnly`),
  place('cookie in JSON', s => `{"cookie":"a=b; JSESSIONID=${s}"}`),
  place('XML element', s => `<user>bob</user><password>${s}</password>`),
  place('XML attribute', s => `<add key="db" password="${s}" />`),
  place('option', s => `mysqldump --user app --password ${s} orders`),
  place('option with =', s => `./run --db-password=${s} --verbose`),
  place('curl', s => `curl -u app:${s} https://api.example.com`),
  place('mysql -p', s => `mysql -h db -u app -p${s} orders`),
  place('sshpass', s => `sshpass -p ${s} ssh host`),
  place('SQL', s => `ALTER USER app IDENTIFIED BY '${s}'`),
  place('SQL, role', s => `CREATE ROLE app LOGIN PASSWORD '${s}'`),
  place('redis.conf', s => `requirepass: ${s}`),
  place('sentence, quoted', s => `login failed for bob with password '${s}'`),
  place('sentence', s => `the password is ${s}`),
  place('properties', s => `spring.datasource.password=${s}`),
  place('TOML', s => `[db]\npassword = "${s}"`),
  place('escaped newline', s => `stdout: user: bob\\npassword: ${s}\\nport: 1`),
  place('HTML entities', s => `{&quot;password&quot;:&quot;${s}&quot;}`),
  place('Unicode escapes', s => `{\\u0022password\\u0022:\\u0022${s}\\u0022}`),
  place('German', s => `Passwort: ${s}`),
  place('Spanish', s => `contraseña=${s}`),
  place('Russian', s => `пароль: ${s}`),
  place('Chinese', s => `密码：${s}`),
  place('key in capitals', s => `SECRET_KEY="${s}"`),
  place('access key', s => `aws_secret_access_key = ${s}`),
  place('Azure', s => `AccountName=x;AccountKey=${s};EndpointSuffix=core.windows.net`),
  place('shared access', s => `Endpoint=sb://x/;SharedAccessKeyName=root;SharedAccessKey=${s}`),
  place('HTTP trailer', s => `proxy-authorization: ${s}`),
  place('numbered', s => `password2=${s}`),
  place('in brackets', s => `[password=${s}]`),
  place('in parentheses', s => `connect(user=bob,password=${s})`),
  place('tab separated', s => `user\tbob\tpassword=${s}\tok`),
];

/** Letters from a seed, so that no test depends on chance. */
export function lettersFrom(seed: number, length: number, alphabet: string): string {
  let state = seed >>> 0;
  let text = '';
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += alphabet[(state >>> 8) % alphabet.length];
  }
  return text;
}

const DIGITS = '0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();
const BASE62 = UPPER + LOWER + DIGITS;

/** Shapes of vendors: what is made of a seed, and the part of it that must not be seen. */
export const SHAPED: readonly { readonly name: string; readonly make: (seed: number) => string }[] = [
  { name: 'AWS access key', make: n => `AKIA${lettersFrom(n, 16, `${UPPER}234567`)}` },
  { name: 'AWS secret key', make: n => `${lettersFrom(n, 18, BASE62)}a7B/${lettersFrom(n + 1, 18, BASE62)}` },
  { name: 'GitHub', make: n => `ghp_${lettersFrom(n, 36, BASE62)}` },
  { name: 'GitHub fine-grained', make: n => `github_pat_${lettersFrom(n, 22, BASE62)}_${lettersFrom(n + 1, 59, BASE62)}` },
  { name: 'GitLab', make: n => `glpat-${lettersFrom(n, 20, BASE62)}` },
  { name: 'Slack', make: n => `xoxb-${lettersFrom(n, 12, DIGITS)}-${lettersFrom(n + 1, 24, BASE62)}` },
  { name: 'Stripe', make: n => `sk_live_${lettersFrom(n, 24, BASE62)}` },
  { name: 'OpenAI', make: n => `sk-proj-${lettersFrom(n, 48, BASE62)}` },
  { name: 'Anthropic', make: n => `sk-ant-api03-${lettersFrom(n, 60, BASE62)}` },
  { name: 'Google', make: n => `AIza${lettersFrom(n, 35, BASE62)}` },
  { name: 'SendGrid', make: n => `SG.${lettersFrom(n, 22, BASE62)}.${lettersFrom(n + 1, 43, BASE62)}` },
  { name: 'npm', make: n => `npm_${lettersFrom(n, 36, BASE62)}` },
  { name: 'Hugging Face', make: n => `hf_${lettersFrom(n, 34, BASE62)}` },
  { name: 'Grafana', make: n => `glsa_${lettersFrom(n, 32, BASE62)}_${lettersFrom(n + 1, 8, '0123456789abcdef')}` },
  { name: 'Vault', make: n => `hvs.${lettersFrom(n, 24, BASE62)}` },
  { name: 'Twilio', make: n => `SK${lettersFrom(n, 32, '0123456789abcdef')}` },
  { name: 'New Relic', make: n => `NRAK-${lettersFrom(n, 27, UPPER + DIGITS)}1` },
  { name: 'Dynatrace', make: n => `dt0c01.${lettersFrom(n, 24, `${UPPER}234567`)}.${lettersFrom(n + 1, 64, `${UPPER}234567`)}` },
  { name: 'JWT', make: n => `eyJ${lettersFrom(n, 17, BASE62)}.eyJ${lettersFrom(n + 1, 40, BASE62)}.${lettersFrom(n + 2, 43, BASE62)}` },
  { name: 'Telegram', make: n => `${lettersFrom(n, 9, '123456789')}:AA${lettersFrom(n + 1, 33, BASE62)}` },
  { name: 'Azure storage', make: n => `${lettersFrom(n, 86, BASE62)}==` },
];

/** A private key of our own letters, in lines. */
export function pemFrom(seed: number, label = 'RSA PRIVATE KEY'): string {
  const body = Array.from({ length: 5 }, (_, i) => lettersFrom(seed + i, i < 4 ? 64 : 40, `${BASE62}+/`));
  return [`-----BEGIN ${label}-----`, ...body, `-----END ${label}-----`].join('\n');
}
