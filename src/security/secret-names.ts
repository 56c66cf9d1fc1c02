/**
 * How much a name says about its value: `strong` names always hold a secret (`db_password`, `X-Api-Key`), `weak` ones only when the value
 * looks made by a machine (`token`, `signature`). Words that turn the name into something else (`secretName`, `token_count`) free it.
 */
export function secretName(name: string): Strength {
  let strength = known.get(name);
  if (strength === undefined && !known.has(name)) {
    strength = strengthOf(name);
    if (known.size >= 5000) known.clear();
    known.set(name, strength);
  }
  return strength;
}

type Strength = 'strong' | 'weak' | undefined;
/** Names come again in every row and line. */
const known = new Map<string, Strength>();

function strengthOf(name: string): Strength {
  const words = wordsOf(name);
  while (
    words.length > 1 &&
    /^(?:\d+|old|new|value|values|plain|plaintext|raw|hash|hashed|base64|b64|enc|encrypted|confirm|confirmation)$/.test(words.at(-1)!)
  ) {
    words.pop();
  }
  const last = words.at(-1);
  if (last === undefined || (last === 'key' && ORDINARY_KEYS.has(words.at(-2) ?? ''))) return undefined;
  const two = words.slice(-2).join('');
  const three = words.slice(-3).join('');
  if (STRONG.has(last) || STRONG.has(two) || STRONG.has(three)) return 'strong';
  return WEAK.has(last) || WEAK.has(two) ? 'weak' : undefined;
}

/** Names whose value runs to the end of the line: HTTP headers that carry spaces or several values. */
export function isHeaderOfSecrets(name: string): boolean {
  return /^(?:x-)?(?:proxy-)?authori[sz]ation$|^(?:set-)?cookie2?$/i.test(name.replace(/^(?:http|x)[_-]/i, '').replaceAll('_', '-'));
}

const STRONG = new Set(
  `password passwords passwd passwort kennwort passphrase passcode pwd userpass dbpass mysqlpwd secret secrets credential credentials contraseña contrasena
  senha motdepasse пароль 密码 密碼 パスワード 비밀번호 hasło haslo lösenord wachtwoord apikey apikeys apitoken accesskey secretkey privatekey authtoken accesstoken
  refreshtoken idtoken sessiontoken bearertoken securitytoken usertoken servicetoken deploytoken bottoken personaltoken clientsecret clienttoken
  consumersecret sharedsecret webhooksecret signingkey signingsecret encryptionkey masterkey sharedkey sharedaccesskey accountkey storagekey
  subscriptionkey servicekey licensekey authkey appkey applicationkey sastoken xsrftoken csrftoken authorization authorisation cookie cookies setcookie
  phpsessid jsessionid sessionkey sessioncookie dbpassword pgpassword requirepass masterauth sshkey hmackey jwtsecret accesssecret
  tokensecret keysecret secretaccesskey awssecretaccesskey otp onetimepassword cvv cvc pincode`.split(/\s+/),
);
const WEAK = new Set(
  'token tokens sessionid sessid jwt key auth pass session sid signature sig bearer salt pin creds cred xauth nonce assertion ticket'.split(
    ' ',
  ),
);

/** Keys that open nothing. */
const ORDINARY_KEYS = new Set(
  'page dedup partition cache sort primary foreign group row idempotency hash shard range object index map lock'.split(' '),
);

function wordsOf(name: string): string[] {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\d+)$/u, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word !== '');
}
