/** What is said about an API, measured against 150 that were judged from the vendor's own descriptions alone. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawnOfAll, drawnOfStrata, JUDGED, sdkApis } from '../../../scripts/feishu-apis.ts';
import { catalogued, type CataloguedApi } from '../../../src/sources/feishu/catalogue.ts';

type Judged = Readonly<Record<string, string>>;

function judgedIn(file: string): Judged[] {
  const [head = '', ...lines] = readFileSync(new URL(file, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  const columns = head.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((value, at) => [columns[at], value])));
}

const judged = judgedIn('judged-apis.tsv');
const strata = judgedIn('judged-strata.tsv');

/**
 * The second judgement was made without a look at the catalogue's words for what is touched, in finer ones: each is one
 * of the catalogue's, whatever the line. Written down before the two were compared.
 */
const FINER_WORDS: Readonly<Record<string, string>> = {
  announcement: 'group',
  assistant: 'meeting',
  badge: 'other',
  chat: 'group',
  comment: 'file',
  employee_type: 'directory',
  job_level: 'directory',
  log: 'audit',
  mail_contact: 'mail',
  mail_rule: 'mail',
  mailbox: 'mail',
  mailgroup: 'mail',
  material: 'meeting',
  minute: 'meeting',
  note: 'meeting',
  room: 'meeting',
  session: 'auth',
  subscription: 'other',
  token: 'auth',
  unit: 'directory',
};
const touched = ({ touches = '' }: Judged): string => FINER_WORDS[touches] ?? touches;

const FLAGS = {
  power: (api: CataloguedApi) => api.givesPower,
  credential: (api: CataloguedApi) => api.isCredential,
  audit: (api: CataloguedApi) => api.isAudit,
};

describe('150 of the calls in the official SDK', () => {
  it('are the ones that the seed draws', () => {
    const names = drawnOfAll(sdkApis()).map(({ method, path }) => `${method} ${path}`);
    expect(judged.map(({ method, path }) => `${method} ${path}`)).toEqual(names);
  });

  it('are judged in words that are known', () => {
    const words = (column: string) => new Set(judged.map((row) => row[column]));
    expect(words('action')).toEqual(new Set(['read', 'create', 'change', 'delete']));
    expect(words('takes_out')).toEqual(new Set(['none', 'item', 'list', 'file']));
    const flags = judged.flatMap(({ power, credential, audit }) => [power, credential, audit]);
    expect(new Set(flags)).toEqual(new Set(['no', 'yes']));
  });

  it('are catalogued as judged, in 97 of 100 at least by each column', () => {
    const agreed = (is: (row: Record<string, string>, api: CataloguedApi) => boolean) =>
      judged.filter((row) => {
        const api = catalogued(row['method'] ?? '', row['path'] ?? '');
        return api !== undefined && is(row, api);
      }).length;
    const least = Math.ceil(JUDGED.count * 0.97);
    expect(
      agreed((row, api) => api.action === row['action']),
      'action',
    ).toBeGreaterThanOrEqual(least);
    expect(
      agreed((row, api) => api.touches === row['touches']),
      'touches',
    ).toBeGreaterThanOrEqual(least);
    expect(
      agreed((row, api) => (api.takesOut ?? 'none') === row['takes_out']),
      'out',
    ).toBeGreaterThanOrEqual(least);
    for (const [column, is] of Object.entries(FLAGS))
      expect(
        agreed((row, api) => is(api) === (row[column] === 'yes')),
        column,
      ).toBeGreaterThanOrEqual(least);
  });
});

describe('120 more, of the families and paths where the rare marks are', () => {
  it('are the ones that the second seed draws', () => {
    const names = drawnOfStrata(sdkApis()).map(({ method, path }) => `${method} ${path}`);
    expect(strata.map(({ method, path }) => `${method} ${path}`)).toEqual(names);
  });

  it('touch what the catalogue has a word for', () => {
    const words = new Set(sdkApis().map(({ method, path }) => catalogued(method, path)?.touches));
    expect(strata.filter((row) => !words.has(touched(row)))).toEqual([]);
  });
});

describe('the catalogue of APIs', () => {
  it('has every call of the official SDK', () => {
    expect(sdkApis().filter(({ method, path }) => catalogued(method, path) === undefined)).toEqual([]);
  });

  it('goes by the literal path before one with a variable', () => {
    expect(catalogued('POST', '/open-apis/contact/v3/group/g1/member/add')?.givesPower).toBe(true);
    expect(catalogued('GET', '/open-apis/approval/v4/instances/initiated')?.takesOut).toBe('list');
    expect(catalogued('GET', '/open-apis/approval/v4/instances/{instance}')?.takesOut).toBe('item');
  });

  it('knows nothing of an API that nobody reviewed', () => {
    expect(catalogued('POST', '/open-apis/contact/v9/wonders')).toBeUndefined();
    expect(catalogued('', '')).toBeUndefined();
  });
});
