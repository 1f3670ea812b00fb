/** How secrets.sh reads .env: as Compose does, or it refuses by name. */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout, contents, secretsOf, TENANT, USERS } from './secrets.ts';

describe('secrets.sh', () => {
  const uid = USERS.at(-1) ?? 0;
  const first = 'typed secret';

  // Each as Compose 2.40 reads it ("docker compose config").
  it.each([
    ['FEISHU_APP_ID = cli_x'],
    ['export FEISHU_APP_ID=cli_x'],
    ['  export  FEISHU_APP_ID=cli_x  '],
    ['FEISHU_APP_ID: cli_x'],
    ['FEISHU_APP_ID=cli_x # mine'],
    ['FEISHU_APP_ID="cli_x" # mine'],
    ["FEISHU_APP_ID='cli_x'#mine"],
    ['FEISHU_APP_ID=cli_x\r'],
    ['FEISHU_APP_ID=cli_x\nSHENJI_CONFIG=$HOME/x.yml'],
    ['FEISHU_APP_ID=cli_x\nSHENJI_CONFIG="${HOME}/x.yml"\nSHENJI_TENANT=$WHO'],
    ['FEISHU_APP_ID=cli_y\nFEISHU_APP_ID=cli_x\n#FEISHU_APP_ID=cli_z'],
  ])('reads the line %j of .env', async (lines) => {
    const directory = checkout(uid);
    writeFileSync(path.join(directory, '.env'), `${TENANT}${lines}\n`);
    expect(await secretsOf(directory, uid, first)).toMatchObject({ code: 0 });
    expect(contents(directory)).toMatchObject({ 'vendor/cli_x': first });
  });

  it.each([
    ['FEISHU_APP_ID=cli_x#mine', 'have letters, digits'],
    ['FEISHU_APP_ID= # mine', 'FEISHU_APP_ID is "# mine"'],
    ['FEISHU_APP_ID=cli_x\nSHENJI_CONFIG= # the demo', 'SHENJI_CONFIG is "# the demo"'],
    ['FEISHU_APP_ID=cli_x\nSHENJI_TENANT= # acme', 'SHENJI_TENANT is "# acme"'],
    ['FEISHU_APP_ID="cli_x', 'FEISHU_APP_ID in .env begins with a quote that nothing ends'],
    ['FEISHU_APP_ID=cli_$NAME', 'FEISHU_APP_ID in .env has a \\ or a $'],
    [
      'FEISHU_APP_ID=cli_x\nSHENJI_SECRETS=elsewhere',
      'SHENJI_SECRETS is "elsewhere", which Compose takes for no directory',
    ],
    ['FEISHU_APP_ID=cli_x\nSHENJI_SECRETS=~them/x', 'SHENJI_SECRETS is "~them/x"'],
    ['FEISHU_APP_ID=cli_x\nSHENJI_CONFIG=', 'so the demo would be collected in its place'],
    ['FEISHU_APP_ID=\nSHENJI_CONFIG=', 'so the demo would be collected in its place'],
  ])('refuses %j in .env, and makes nothing', async (lines, why) => {
    const directory = checkout(uid);
    writeFileSync(path.join(directory, '.env'), `${TENANT}${lines}\n`);
    const { code, said } = await secretsOf(directory, uid, first);
    expect([code, said]).toEqual([1, expect.stringContaining(why)]);
    expect(existsSync(path.join(directory, 'secrets'))).toBe(false);
  });

  it('refuses a comment for a value from the environment too, as Compose hands it on', async () => {
    const { code, said } = await secretsOf(checkout(uid), uid, first, [], { SHENJI_CONFIG: '# the demo' });
    expect([code, said]).toEqual([1, expect.stringContaining('SHENJI_CONFIG is "# the demo"')]);
  });
});
