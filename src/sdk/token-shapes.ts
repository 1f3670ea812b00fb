/** What a secret looks like wherever it stands: vendors' tokens, bearer headers, private keys, passwords in addresses. */
import { MARK } from './mark.ts';

/** What vendors made for scanners to find: how a token begins, and how it goes on. `docs/security.md` names their documents. */
const TOKENS: readonly (readonly [begins: string, goesOn: string])[] = [
  // Feishu: tenant, user, app and refresh tokens.
  ['(?:[tua]|ur)-', '[A-Za-z0-9_.-]{20,}'],
  // JSON Web Tokens.
  [String.raw`(?<!\.)eyJ`, String.raw`[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?`],
  // DingTalk: what a robot signs with.
  ['SEC', '[0-9a-f]{64}'],
  ['xox[abeoprs]', String.raw`(?:\.xox[bp])?-[A-Za-z0-9-]{10,}`],
  ['xapp-', '[A-Za-z0-9-]{20,}'],
  ['gh[oprsu]_', '[A-Za-z0-9]{36,}'],
  ['github_pat_', '[A-Za-z0-9_]{22,}'],
  ['gl(?:pat|ptt|dt|rt|cbt|ft|agent|oas|soat|imt)-', '[A-Za-z0-9_-]{20,}'],
  ['[rs]k_(?:live|test)_', '[A-Za-z0-9]{10,}'],
  ['whsec_', '[A-Za-z0-9+/=]{20,}'],
  ['sk-', '(?:(?:proj|ant|svcacct|admin)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{32,})'],
  ['AIza', '[A-Za-z0-9_-]{35}'],
  [String.raw`ya29\.`, '[A-Za-z0-9_-]{20,}'],
  ['GOCSPX-', '[A-Za-z0-9_-]{20,}'],
  [String.raw`hv[brs]\.`, '[A-Za-z0-9_-]{20,}'],
  ['npm_', '[A-Za-z0-9]{36}'],
  ['pypi-AgEI', '[A-Za-z0-9_-]{20,}'],
  ['dckr_[op]at_', '[A-Za-z0-9_-]{20,}'],
  [String.raw`SG\.`, String.raw`[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{20,}`],
  ['do[opr]_v1_', '[0-9a-f]{64}'],
  ['shp(?:at|ca|pa|ss|ua)_', '[A-Fa-f0-9]{32}'],
  ['hf_', '[A-Za-z0-9]{30,}'],
];

/** Addresses that whoever knows them may post to: what comes behind is their secret. */
const HOOKS = [
  String.raw`\/bot\/(?:v\d\/)?hook\/`,
  String.raw`\/trigger-webhook\/`,
  String.raw`qyapi\.weixin\.qq\.com\/cgi-bin\/webhook\/\w{1,30}\?key=`,
  String.raw`hooks\.slack\.com\/(?:services|triggers|workflows)\/`,
  String.raw`\/IncomingWebhook\/`,
  String.raw`discord(?:app)?\.com\/api\/webhooks\/\d{1,30}\/`,
  String.raw`api\.telegram\.org\/(?:file\/)?bot`,
];

const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g;
/** With a digit, a sign or a change of case, which "basic information" has not. */
const CREDENTIALS =
  /(?<=\b(?:Bearer|BEARER|bearer|Basic|BASIC|basic)\s{1,20})(?=[A-Za-z._~-]*(?:[0-9+/=]|[a-z][A-Z]))[A-Za-z0-9._~+/=-]{8,}/g;
const HOOK = new RegExp(String.raw`(?<=${HOOKS.join('|')})[A-Za-z0-9_:/-]{8,}`, 'g');
const USER_INFO = /(?<=:\/\/[^\s/?#:@"']{0,100}:)[^\s/?#"']+(?=@)/g;
const CURL_USER = /(?<=\s(?:-u|--user)[ =]?["']?[^\s:"']{1,100}:)[^\s"']+/g;
const alternatives = (patterns: readonly string[]): string => `(?:${patterns.join('|')})`;
const TOKEN = new RegExp(`(?<![A-Za-z0-9_-])${alternatives(TOKENS.map((token) => token.join('')))}`, 'g');

/** Most texts hold none of these, and need one look. */
const BEGINNINGS = [
  ...TOKENS.map(([begins]) => begins),
  '[Bb]earer',
  'BEARER',
  '[Bb]asic',
  'BASIC',
  'curl',
  'telegram',
];
const ANY = new RegExp(String.raw`\b${alternatives(BEGINNINGS)}|://|-----BEGIN|[Hh]ook`);

/** Replaces each part of the text that has a secret's shape by what `mark` makes of it. */
export function redactTokens(text: string, mark: (secret: string) => string = () => MARK): string {
  if (text.length < 12 || !ANY.test(text)) return text;
  return [PRIVATE_KEY, USER_INFO, HOOK, CURL_USER, CREDENTIALS, TOKEN].reduce(
    (clean, shape) => clean.replaceAll(shape, (secret) => mark(secret)),
    text,
  );
}
