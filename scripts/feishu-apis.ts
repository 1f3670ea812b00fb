/**
 * The calls of Feishu's OpenAPI, as the vendor's own SDK lists them, and two draws of some of them to be judged by hand:
 * what shenji says about an API can only be measured against something that was not made from it. Run with
 * `node scripts/feishu-apis.ts`, it prints the first draw with the vendor's descriptions, tab separated, and with
 * `node scripts/feishu-apis.ts strata` the second; test/sources/feishu/judged-apis.tsv and judged-strata.tsv are the
 * judgements.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export type SdkApi = {
  readonly method: string;
  /** As the vendor writes it: `/open-apis/contact/v3/users/:user_id`. */
  readonly path: string;
  /** The vendor's title and text, in Chinese, in one line. Empty where the SDK has none: the path is then all there is. */
  readonly description: string;
};

/** The seed and the size of the judged draw. Another seed is another draw, and needs another judgement. */
export const JUDGED = { seed: 'judged-2026', count: 150 } as const;

/** The second draw, from the calls among which the rare marks are: power, credential, audit, a file taken out. */
const JUDGED_STRATA = { seed: 'judged-strata-2026', count: 120 } as const;

const STRATA_FAMILY =
  /^\/open-apis\/(?:drive|docs|docx|sheets|bitable|wiki|im|contact|directory|auth|authen|passport|admin|security_and_compliance|application|mail|minutes|vc)\//;
const STRATA_WORD = /log|audit|password|export|download|permission|role|member|secret|token|scope|admin/;

/**
 * A call in the SDK with the comment right before it. Only a comment that touches its call belongs to it: those further
 * up describe the call before, or a whole group of calls.
 */
const CALL =
  /(?:\/\*\*(?<comment>(?:(?!\*\/)[^])*)\*\/\s*)?\b\w+: \(payload, options\) =>[^`]*`\$\{this\.domain\}(?<path>\/open-apis\/[^`]+)`, path\),\s+method: "(?<method>[A-Z]+)"/g;

/** Without the links to the API explorer, which stand in every comment and say nothing. Line ends inside are `;;`. */
const inOneLine = (comment: string): string =>
  comment
    .split('\n')
    .map((line) =>
      line
        .replace(/^\s*\*/, '')
        .replaceAll(/;;+|\s+/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '' && !line.startsWith('{@link'))
    .join(' | ');

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
const byPath = (a: SdkApi, b: SdkApi): number => byText(a.path, b.path) || byText(a.method, b.method);

/**
 * Every endpoint once. The SDK has most of them several times, with and without the version in the name and with an
 * iterator, which has no comment: the first description counts. The text is read and never run: the list is nowhere in it
 * as a value.
 */
export function sdkApis(): SdkApi[] {
  const file = createRequire(import.meta.url).resolve('@larksuiteoapi/node-sdk/es/index.js');
  const apis = new Map<string, SdkApi>();
  for (const { groups = {} } of readFileSync(file, 'utf8').matchAll(CALL)) {
    const { method = '', path = '', comment = '' } = groups;
    const name = `${method} ${path}`;
    const known = apis.get(name)?.description ?? '';
    apis.set(name, { method, path, description: known === '' ? inOneLine(comment) : known });
  }
  return [...apis.values()].sort(byPath);
}

/** The same ones each time, by a hash of the seed and the name: an endpoint that the SDK gains displaces one at most. */
function drawn(apis: readonly SdkApi[], seed: string, count: number): SdkApi[] {
  const ticket = ({ method, path }: SdkApi): string =>
    createHash('sha256').update(`${seed} ${method} ${path}`).digest('hex');
  return apis
    .map((api) => ({ api, ticket: ticket(api) }))
    .sort((a, b) => byText(a.ticket, b.ticket))
    .slice(0, count)
    .map(({ api }) => api)
    .sort(byPath);
}

const nameOf = ({ method, path }: SdkApi): string => `${method} ${path}`;

/** The first draw. */
export const drawnOfAll = (apis: readonly SdkApi[]): SdkApi[] => drawn(apis, JUDGED.seed, JUDGED.count);

/** The second draw: of those families and those words in the path, and none of the first draw. */
export function drawnOfStrata(apis: readonly SdkApi[]): SdkApi[] {
  const first = new Set(drawnOfAll(apis).map(nameOf));
  const strata = apis.filter((api) => STRATA_FAMILY.test(api.path) || STRATA_WORD.test(api.path));
  const others = strata.filter((api) => !first.has(nameOf(api)));
  return drawn(others, JUDGED_STRATA.seed, JUDGED_STRATA.count);
}

if (import.meta.main) {
  const draw = process.argv[2] === 'strata' ? drawnOfStrata : drawnOfAll;
  for (const { method, path, description } of draw(sdkApis()))
    process.stdout.write(`${method}\t${path}\t${description}\n`);
}
