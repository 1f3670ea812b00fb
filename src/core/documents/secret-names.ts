/** What a name says of the value beside it. The table that this is held to: `test/core/documents/secret-places.ts`. */
import { memo } from '../../sdk/memo.ts';

export type Verdict =
  | 'plain'
  /** A secret, whatever it is. */
  | 'secret'
  /** Secrets, or how many: `tokens`. */
  | 'secrets'
  /** A secret where it is random text: a `sign`, a `ticket`. */
  | 'random'
  /** Random where it stands beside certain names, else plain: an OAuth `code`. */
  | 'beside';

export type Name = {
  /** As `normaliseName` writes it. */
  readonly normal: string;
  readonly verdict: Verdict;
  /** The names, normalised, beside which this one is a secret's. */
  readonly beside: readonly string[];
  /** Whether its value is the name of another value, or has its name beside it: `{"name": "Authorization", "value": …}`. */
  readonly role: 'name' | 'value' | undefined;
  /** Whether neither it nor what stands beside it can make a secret of its value. */
  readonly isPlain: boolean;
  /** The name as it may be shown: a token may be one. */
  readonly shown: string;
};

/** `App-Secret`, `app_secret` and `appSecret` are one name. */
export const normaliseName = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, '');

/** Most names hold none of these, and are looked at no further. */
const SUSPICIOUS =
  /pass|pw|secret|token|key|auth|cookie|credential|code|sig|ticket|session|otp|saml|assertion|encoded|密码|口令|密钥|秘钥|令牌/i;

const SECRET_ENDINGS = [
  '(?:password|passwd|pwd|passphrase|passcode|secret|credential|cookie|otp)s?',
  '密码|口令|密钥|秘钥|令牌',
  // Not every authorization: a `role_authorization` tells who may do what.
  '^(?:x|http|proxy|forwarded|original)*authorization',
  '(?:db|user|smtp|mail|ftp|mysql|pg|redis|admin|root|bind|login|proxy|auth)(?:pass|pw)|^pw',
  '(?:api|access|secret|private|encrypt|encryption|decrypt|decryption|aes|hmac|signing)keys?',
  'codeverifier',
  '(?:auth|authorization|permanent|js|verification|verify|sms|mfa|recovery|backup)codes?',
  '(?:app|jsapi|suite|user|verify)tickets?',
  'tokens?',
];

const RANDOM_ENDINGS = [
  'signature|^sig|^sign|^auth|^session|assertion|devicecode|clienttoken|(?<!app|jsapi|suite|user|verify)ticket',
  '(?:account|auth|deploy|functions?|host|master|server|session|shared|storage|subscription|unseal)key',
  'samlre(?:quest|sponse)',
];

/** Tokens that are places in a list, ids of documents (Feishu), numbers, or keep a call from being made twice. */
const PLAIN_ENDINGS = [
  '(?:page|paging|pagination|next|previous|continuation|sync|cursor|scroll|resume|request|idempotency) ?token',
  '(?:app|base|bitable|board|ccm|dashboard|doc|docs|document|docx|element|file|folder|image|media|meta|mindnote|minutes?|node|obj|object|origin|parent|refer|share|sheet|shortcut|slides?|source|space|spreadsheet|table|target|template|whiteboard|wiki) ?tokens?',
  '(?:max|min|total|prompt|completion|input|output|cached|reasoning|thinking|budget|used|num) ?tokens',
  '(?:amz|oss|goog|tos|cos) ?credential',
];

/** What a name goes on with where it tells about a secret instead of holding it: `token_type`, `password_policy`. */
const ABOUT = new Set(
  `id ids uid uuid guid arn name names label title description comment note type types kind class format version
  status state policy policies rule rules hint hints profile setting settings config configuration options enabled
  disabled required supported allowed flag flags valid invalid verified validated expires expired expire expiry
  expiration ttl lifetime age validity duration timeout period interval time times timestamp date at on since until
  last used usage created updated changed modified issued rotated rotation reset count counts total limit limits max
  min minimum maximum quota size length strength complexity history reuse prevention attempts retries failures error
  errors alg algorithm algorithms method methods mode scheme strategy provider providers issuer audience scope scopes
  owner url urls uri uris endpoint endpoints file files path paths ref refs reference references page pages field fields column
  index consent banner request requests response responses action actions authentication grant grants manager
  management service scanning store engine change changes update days hours minutes seconds attempt bucket budget
  preferences protected protection encoding encoder encryption`.split(/\s+/),
);

const BESIDE: Readonly<Record<string, readonly string[]>> = {
  __proto__: null as never,
  code: ['granttype', 'redirecturi'],
  encoded: ['apikey'],
  secretid: ['roleid'],
};

const NAME_FIELDS = new Set(['name', 'key', 'field', 'fieldname', 'header', 'headername', 'param', 'parameterkey']);
const VALUE_FIELDS = new Set(['value', 'val', 'parametervalue', 'stringvalue', 'fieldvalue']);

const endsWith = (endings: readonly string[]): RegExp => new RegExp(`(?:${endings.join('|')})$`);
const SECRET = endsWith(SECRET_ENDINGS);
const RANDOM = endsWith(RANDOM_ENDINGS);
const PLAIN = new RegExp(`(?:^| )(?:${PLAIN_ENDINGS.join('|')})$`);

/** Words of camel, snake, kebab and dotted names; digits only separate. */
const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z0-9])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$2 ')
    .toLowerCase()
    .split(/[^a-z\u4E00-\u9FFF]+/)
    .filter((word) => word !== '');

/** Joined, since nobody agrees on the boundaries within `accesskey`, `AccessKey` and `passWord`. */
function verdictOfJoined(joined: string): Verdict {
  if (RANDOM.test(joined)) return 'random';
  if (!SECRET.test(joined)) return 'plain';
  return joined.endsWith('tokens') ? 'secrets' : 'secret';
}

function verdictOf(name: string): Verdict {
  if (!SUSPICIOUS.test(name)) return 'plain';
  if (BESIDE[normaliseName(name)] !== undefined) return 'beside';
  const words = wordsOf(name);
  if (PLAIN.test(words.join(' '))) return 'plain';
  // A sentence is about what it ends with.
  const least = /\S\s+\S+\s+\S/.test(name) ? words.length : 1;
  for (let end = words.length; end >= least; end -= 1) {
    const verdict = verdictOfJoined(words.slice(0, end).join(''));
    const rest = words.slice(end);
    if (verdict === 'random' && rest.length > 0) return 'plain';
    if (verdict !== 'plain') return rest.some((word) => ABOUT.has(word)) ? 'plain' : verdict;
  }
  return 'plain';
}

function roleOf(normal: string): Name['role'] {
  if (NAME_FIELDS.has(normal)) return 'name';
  return VALUE_FIELDS.has(normal) ? 'value' : undefined;
}

/** Names come again and again; longer ones do not. */
const MEMORABLE = 100;

/** Reads names. `more` are secrets' names besides those that can be recognised; `show` takes tokens out of a name. */
export function nameReader(more: readonly string[], show: (name: string) => string): (name: string) => Name {
  const own = new Set(more.map(normaliseName));
  const read = (name: string): Name => {
    const normal = normaliseName(name);
    const verdict = own.has(normal) ? 'secret' : verdictOf(name);
    const role = roleOf(normal);
    const isPlain = verdict === 'plain' && role !== 'value';
    return { normal, verdict, beside: BESIDE[normal] ?? [], role, isPlain, shown: show(name) };
  };
  const known = memo(read);
  return (name) => (name.length > MEMORABLE ? read(name) : known(name));
}

/** No secret under any name: nothing, a flag, or an API by method and path (Feishu's `api_key`). */
const STATEMENT = /^(?:|true|false|null|undefined)$|^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\/[a-z]/i;
const NUMBERS = /^[\d\s,.[\]-]+$/;
const ONE_WORD = /^[A-Za-z0-9_.~+/=%-]{16,}$/;
/** With a mark in it, it has been looked into already. */
const MARKED = /redacted|hash_[0-9a-f]{32}/;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Whether a text under a name with this verdict is a secret. */
export function isSecretText(verdict: Verdict, text: string): boolean {
  if (verdict === 'plain' || verdict === 'beside' || STATEMENT.test(text)) return false;
  if (verdict === 'secret') return true;
  if (verdict === 'secrets') return !NUMBERS.test(text);
  return ONE_WORD.test(text) && /[A-Za-z]/.test(text) && !MARKED.test(text) && !UUID.test(text);
}
