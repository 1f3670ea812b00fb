/** Packages that a configuration names, loaded by the program as its user starts it. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../../src/observe/version.ts';

const run = promisify(execFile);
const ROOT = path.join(import.meta.dirname, '..', '..');
const OUTSIDE = path.join(ROOT, 'examples', 'shenji-source-example', 'src');

let folder: string;

/** A package in plain JavaScript, with no shenji anywhere near: the one that loads it is lent to it. */
function install(
  name: string,
  source: string,
  manifest: object = { peerDependencies: { shenji: `^${version}` } },
): void {
  const directory = path.join(folder, 'node_modules', name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, 'index.js'), source);
  writeFileSync(
    path.join(directory, 'package.json'),
    JSON.stringify({ name, type: 'module', exports: './index.js', ...manifest }),
  );
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'shenji-plugins-'));
  mkdirSync(path.join(folder, 'node_modules'));
  const source = (name: string, more = '') => `
import { defineSource, logCollection, z } from 'shenji/source';
const collection = logCollection({ window: '60s', backlog: '1h', quiet: '15m', lag: '1m', settle: [], since: '1h', maxLag: '1h' });
export default defineSource({
  name: '${name}.log', vendor: { name: '${name}', settings: { token: z.string().describe('A token') }, env: { token: '${name.toUpperCase()}_TOKEN' } },
  collection, settings: {}, dataStream: { type: 'logs', ecsFields: [], fields: {} }, example: { vendor: {}, record: {} }, create: () => ({}), ${more}
});`;
  install('fits', source('fits'));
  install('takes-a-name', source('feishu').replaceAll('feishu.log', 'feishu.openapi_audit'));
  install('takes-a-vendor', source('feishu'));
  install('for-no-shenji', source('other'), {});
  install('for-another-shenji', source('other'), { peerDependencies: { shenji: '^99.0.0' } });
  install('breaks', 'throw new Error("it needs a newer library");');
  install('is-no-source', 'export const something = 1;');
  install('made-elsewhere', "export default { [Symbol.for('shenji.source')]: 1, contract: 1, name: 'else.log' };");
  install('takes-a-variable', source('borrows').replace('BORROWS_TOKEN', 'FEISHU_APP_SECRET'));
  install(
    'cannot-be-made',
    source('sulks', "create: ({ vendor }) => { throw new Error('cannot use ' + vendor.token); },")
      .replace("z.string().describe('A token')", "secret(z.string()).describe('A token')")
      .replace('logCollection, z', 'logCollection, secret, z'),
  );
  install('is-wrong', source('wrong').replace("z.string().describe('A token')", 'z.string()'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The roles of this configuration, or what is said against it. */
async function rolesWith(config: object | undefined, env: object = {}): Promise<{ code: number; said: string }> {
  const file = path.join(folder, 'shenji.yml');
  if (config !== undefined) writeFileSync(file, JSON.stringify(config));
  const args = ['roles', 'writer', ...(config === undefined ? [] : ['--config', file])];
  const program = [path.join(ROOT, 'src', 'cli.ts'), ...args];
  const options = { cwd: folder, env: { PATH: process.env['PATH'], ...env } };
  return run(process.execPath, program, options).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }),
  );
}

const servers = { elasticsearch: { url: 'https://es:9200' }, redis: { url: 'redis://r' } };
const acme = { id: 'acme', fits: { token: 'x' } };

describe('a configuration', () => {
  it('takes a source that a package brings, by name or by path, from a file or from the environment', async () => {
    for (const name of ['fits', './node_modules/fits'])
      expect(await rolesWith({ ...servers, plugins: [name], tenants: [acme] })).toMatchObject({
        code: 0,
        said: expect.stringContaining('logs-fits.log-*') as string,
      });
    const variables = {
      ELASTICSEARCH_URL: 'https://es:9200',
      REDIS_URL: 'redis://r',
      SHENJI_PLUGINS: 'fits',
      FITS_TOKEN: 'x',
    };
    expect((await rolesWith(undefined, variables)).said).toContain('logs-fits.log-*');
  });

  it('takes a source in TypeScript from a folder that is no package of another', async () => {
    cpSync(OUTSIDE, path.join(folder, 'own', 'src'), { recursive: true });
    const manifest = { name: 'own', type: 'module', main: './src/index.ts', peerDependencies: { shenji: '*' } };
    writeFileSync(path.join(folder, 'own', 'package.json'), JSON.stringify(manifest));
    const tenants = [{ id: 'acme', example: { clientId: 'c', clientSecret: 's' } }];
    expect((await rolesWith({ ...servers, plugins: ['./own'], tenants })).said).toContain('logs-example.activity-*');
  });

  it('with a source that cannot be made ends at once, names it, and tells no secret of it', async () => {
    const file = path.join(folder, 'sulks.yml');
    const tenants = [{ id: 'acme', sulks: { token: 'a-token-of-mine' } }];
    const local = { elasticsearch: { url: 'http://127.0.0.1:1' }, redis: { url: 'redis://127.0.0.1:1' } };
    writeFileSync(file, JSON.stringify({ ...local, plugins: ['cannot-be-made'], tenants }));
    const program = [path.join(ROOT, 'src', 'cli.ts'), 'check', '--config', file];
    const error = await run(process.execPath, program, { cwd: folder, env: { PATH: process.env['PATH'] } }).catch(
      (thrown: { code: number; stderr: string }) => thrown,
    );
    expect(error).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the source acme/sulks.log cannot be made: cannot use [redacted]') as string,
    });
  });

  it('beside a file takes no plugins from the environment', async () => {
    const { code, said } = await rolesWith({ ...servers, tenants: [acme] }, { SHENJI_PLUGINS: 'fits' });
    expect([code, said]).toEqual([2, expect.stringContaining('SHENJI_PLUGINS is for a configuration without a file')]);
  });

  it('without it says that its settings are no key', async () => {
    const { code, said } = await rolesWith({ ...servers, tenants: [acme] });
    expect([code, said]).toEqual([2, expect.stringContaining('tenants[0].fits: there is no such key')]);
  });

  it('is refused with one line for each package that cannot be used', async () => {
    const expected: Readonly<Record<string, RegExp>> = {
      'nobody-has-it': /there is no such package beside .*"npm install nobody-has-it"/,
      'for-no-shenji': /does not say for which shenji it is; it needs "peerDependencies": \{ "shenji": "\^/,
      'for-another-shenji': /is for shenji \^99\.0\.0, and this is \d/,
      breaks: /cannot be loaded: it needs a newer library$/,
      'is-no-source': /its default export is no source/,
      'made-elsewhere': /was made with another copy of shenji/,
      'is-wrong': /cannot be loaded: the source wrong\.log: vendor\.settings\.token needs \.describe/,
      'takes-a-name': /brings feishu\.openapi_audit, which is there already/,
      'takes-a-vendor': /brings settings of its own for feishu/,
      'takes-a-variable': /takes FEISHU_APP_SECRET from the environment, which is another's/,
      fits: /is there twice; name it once/,
    };
    const plugins = ['fits', ...Object.keys(expected)];
    const { code, said } = await rolesWith({ ...servers, plugins, tenants: [acme] });
    expect(code).toBe(2);
    const lines = said.trim().split('\n').slice(1);
    expect(lines).toHaveLength(Object.keys(expected).length);
    for (const [index, [name, words]] of Object.entries(expected).entries()) {
      expect(lines[index]).toContain(`plugins[${index + 1}] (${name}): `);
      expect(lines[index]).toMatch(words);
    }
  });
});
