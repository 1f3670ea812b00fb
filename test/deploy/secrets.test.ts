/** The script that makes the secrets of docker-compose.yml, as whoever may run it. */
import { chmodSync, chownSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout, contents, secretsOf, TENANT, USERS } from './secrets.ts';

describe.each(USERS)('secrets.sh, as user %i', (uid) => {
  it('makes a secret for each holder, in a directory that is closed to others, and keeps all of them the next time', async () => {
    const directory = checkout(uid);
    expect((await secretsOf(directory, uid, 'typed secret\n')).code).toBe(0);
    const made = contents(directory);
    expect(Object.keys(made)).toEqual([
      'elastic/password', 'http/token', 'kibana/encryption_key', 'kibana/password', 'reader/password', 'redis/password',
      'repair/password', 'setup/password', 'vendor/cli_a1b2c3', 'writer/password',
    ]); // prettier-ignore
    const { 'vendor/cli_a1b2c3': typed, ...random } = made;
    expect(typed).toBe('typed secret');
    expect(new Set(Object.values(random)).size).toBe(9);
    for (const value of Object.values(random)) expect(value).toMatch(/^[0-9a-f]{48}$/);
    expect(statSync(path.join(directory, 'secrets')).mode & 0o777).toBe(0o700);

    expect((await secretsOf(directory, uid, '')).code).toBe(0);
    expect(contents(directory)).toEqual(made);
  });

  it('makes files that the users of the containers can read, below the closed directory', async () => {
    const directory = checkout(uid);
    await secretsOf(directory, uid, 'typed secret');
    for (const file of Object.keys(contents(directory))) {
      expect(statSync(path.join(directory, 'secrets', file)).mode & 0o777, file).toBe(0o644);
      expect(statSync(path.join(directory, 'secrets', path.dirname(file))).mode & 0o777, file).toBe(0o755);
    }
  });

  it('says what is missing where nobody answers, and leaves nothing behind', async () => {
    const directory = checkout(uid);
    const { code, said } = await secretsOf(directory, uid, '');
    expect(code).toBe(1);
    expect(said).toContain('secrets/vendor/cli_a1b2c3 is missing');
    expect(said).toContain('sh deploy/compose/secrets.sh');
    expect(existsSync(path.join(directory, 'secrets'))).toBe(false);
  });

  it('asks for the secret of an app that is named later, and for no other', async () => {
    const directory = checkout(uid);
    await secretsOf(directory, uid, 'typed secret');
    const before = contents(directory);
    writeFileSync(path.join(directory, '.env'), `${TENANT}FEISHU_APP_ID=cli_a1b2c3\nDINGTALK_APP_KEY="ding_b2"\n`);
    await secretsOf(directory, uid, 'the other secret\n');
    expect(contents(directory)).toEqual({ ...before, 'vendor/ding_b2': 'the other secret' });
  });
});

describe('secrets.sh', () => {
  const uid = USERS.at(-1) ?? 0;
  const first = 'typed secret';

  it('makes one of them anew, and no other', async () => {
    const directory = checkout(uid);
    await secretsOf(directory, uid, first);
    const before = contents(directory);
    expect(await secretsOf(directory, uid, '', ['renew', 'redis/password'])).toMatchObject({ code: 0 });
    const { 'redis/password': renewed, ...others } = contents(directory);
    expect(renewed).toMatch(/^[0-9a-f]{48}$/);
    expect(renewed).not.toBe(before['redis/password']);
    expect(before).toEqual({ ...others, 'redis/password': before['redis/password'] });
    await secretsOf(directory, uid, 'another', ['renew', 'vendor/cli_a1b2c3']);
    expect(contents(directory)['vendor/cli_a1b2c3']).toBe('another');
    await secretsOf(directory, uid, '', ['renew', 'vendor/cli_a1b2c3']);
    expect(contents(directory)['vendor/cli_a1b2c3']).toBe('another');
  });

  it('keeps the old password of elastic until Elasticsearch has the new one, and then the same one', async () => {
    const directory = checkout(uid);
    await secretsOf(directory, uid, first);
    const before = contents(directory)['elastic/password'];
    const renew = ['renew', 'elastic/password'];
    const absent = await secretsOf(directory, uid, '', renew, { COMPOSE: 'false' });
    expect(absent).toMatchObject({ code: 1, said: expect.stringContaining('"false" does not answer') as string });
    // Says its version, and nothing else succeeds.
    writeFileSync(path.join(directory, 'compose.sh'), '[ "$1" = version ]\n');
    const refused = await secretsOf(directory, uid, '', renew, { COMPOSE: 'sh compose.sh' });
    expect(refused).toMatchObject({ code: 1, said: expect.stringContaining('do this again') as string });
    const { 'elastic/password': kept, 'elastic/password.new': laidDown } = contents(directory);
    expect(kept).toBe(before);
    expect(await secretsOf(directory, uid, '', renew, { COMPOSE: 'true' })).toMatchObject({ code: 0 });
    expect(contents(directory)).toMatchObject({ 'elastic/password': laidDown });
    expect(contents(directory)).not.toHaveProperty('elastic/password.new');
  });

  it.each([
    [['renew'], 'renew which?'],
    [['renew', 'nobody/password'], 'there is no nobody/password to renew; there are: elastic/password'],
    [['renew', 'reader'], 'there is no reader to renew'],
    [['renew', './writer/password'], 'there is no ./writer/password to renew'],
    [['renwe', 'writer/password'], 'what is "renwe"?'],
    [['renew', 'kibana/encryption_key'], 'that one stays'],
  ])('refuses %j', async (args, why) => {
    const directory = checkout(uid);
    await secretsOf(directory, uid, first);
    const { code, said } = await secretsOf(directory, uid, '', args);
    expect([code, said]).toEqual([1, expect.stringContaining(why)]);
    expect(existsSync(path.join(directory, 'deploy', 'compose', 'renwe'))).toBe(false);
  });

  it('puts them where SHENJI_SECRETS in .env says', async () => {
    const directory = checkout(uid);
    writeFileSync(path.join(directory, '.env'), `${TENANT}FEISHU_APP_ID=cli_a1b2c3\nSHENJI_SECRETS=./elsewhere\n`);
    await secretsOf(directory, uid, first);
    expect(existsSync(path.join(directory, 'elsewhere', 'vendor', 'cli_a1b2c3'))).toBe(true);
    expect(existsSync(path.join(directory, 'secrets'))).toBe(false);
  });

  it('takes ~ for the home of whoever runs it, as Compose does', async () => {
    const directory = checkout(uid);
    writeFileSync(path.join(directory, '.env'), `${TENANT}FEISHU_APP_ID=cli_a1b2c3\nSHENJI_SECRETS=~/elsewhere\n`);
    expect(await secretsOf(directory, uid, first, [], { HOME: directory })).toMatchObject({ code: 0 });
    expect(existsSync(path.join(directory, 'elsewhere', 'vendor', 'cli_a1b2c3'))).toBe(true);
  });

  it('says so where .env names no app', async () => {
    const directory = checkout(uid);
    writeFileSync(path.join(directory, '.env'), `${TENANT}FEISHU_APP_ID=\n`);
    const { code, said } = await secretsOf(directory, uid, '');
    expect([code, said]).toEqual([0, expect.stringContaining('names neither FEISHU_APP_ID nor DINGTALK_APP_KEY')]);
  });
});

it.runIf(USERS.length > 1)('says whose the directory is where it may not write into it', async () => {
  const directory = checkout(1234);
  mkdirSync(path.join(directory, 'secrets'), { mode: 0o700 });
  const { code, said } = await secretsOf(directory, 1234, 'typed secret');
  expect(code).toBe(1);
  expect(said).toContain('secrets belongs to user 0; make it yours with: sudo chown -R 1234 ./secrets');
});

describe.runIf(USERS.length > 1)("somebody else's directory that is open to others", () => {
  const openDirectory = (mode: number): string => {
    const directory = checkout(1000);
    const secrets = path.join(directory, 'secrets');
    mkdirSync(secrets);
    chownSync(secrets, 1234, 1234);
    chmodSync(secrets, mode);
    return directory;
  };

  it('is closed by root', async () => {
    const directory = openDirectory(0o755);
    expect((await secretsOf(directory, 0, 'typed secret')).code).toBe(0);
    expect(statSync(path.join(directory, 'secrets')).mode & 0o777).toBe(0o700);
  });

  it('gets no secret from whoever may not close it', async () => {
    const directory = openDirectory(0o777);
    const { code, said } = await secretsOf(directory, 1000, 'typed secret');
    expect(code).toBe(1);
    expect(said).toContain('belongs to user 1234 and is open to others; as that user: chmod 0700 ./secrets');
    expect(contents(directory)).toEqual({});
  });
});
