/** The versions of the rules: nobody changes a rule without its counting up, and none counts up twice in a release. */
import { describe, expect, it } from 'vitest';
import { openRelease, versionsFile, versionsOf } from '../../../scripts/rule-versions.ts';
import { rulesOf, ruleKey } from '../../../src/app/rules/rule.ts';
import { sourceDefinitions } from '../../../src/sources/index.ts';

const [RULE] = rulesOf(sourceDefinitions);
if (RULE === undefined) throw new Error('there are rules');
const key = ruleKey(RULE);
const other = { ...RULE, query: 'another: *' };
const versionAfter = (...steps: readonly (readonly [string, typeof RULE])[]): number | undefined =>
  steps.reduce((before, [release, rule]) => versionsOf([rule], before, release), {} as ReturnType<typeof versionsOf>)[
    key
  ]?.version;

describe('the version of a rule', () => {
  it('is 1 in its first release, however often it is changed before', () => {
    expect(versionAfter(['0.1.0', RULE], ['0.1.0', other], ['0.1.0', RULE])).toBe(1);
  });

  it('counts up once in each later release that changes it, and stays in those that do not', () => {
    const again = { ...other, note: 'more' };
    expect(versionAfter(['0.1.0', RULE], ['0.2.0', RULE])).toBe(1);
    expect(versionAfter(['0.1.0', RULE], ['0.2.0', other], ['0.2.0', again], ['0.3.0', again])).toBe(2);
    expect(versionAfter(['0.1.0', RULE], ['0.2.0', other], ['0.4.0', RULE])).toBe(3);
  });

  it('does not follow from itself', () => {
    expect(versionAfter(['0.1.0', RULE], ['0.2.0', { ...RULE, version: 9 }])).toBe(1);
  });

  it('stays taken when a released rule is gone and comes back', () => {
    const gone = versionsOf([], versionsOf([RULE], {}, '0.1.0'), '0.2.0');
    expect(versionsOf([other], gone, '0.3.0')[key]?.version).toBe(2);
  });
});

it('the release is the one that the changelog is open for; without one nothing may change', () => {
  expect(openRelease('# Changelog\n\n## 0.2.0 (unreleased)\n\n## 0.1.0 (2027-01-01)\n')).toBe('0.2.0');
  const out = openRelease('# Changelog\n\n## 0.1.0 (2027-01-01)\n\n## 0.0.1 (unreleased)\n');
  expect(out).toBeUndefined();
  const before = versionsOf([RULE], {}, '0.1.0');
  expect(versionsOf([RULE], before, out)).toEqual(before);
  expect(() => versionsOf([other], before, out)).toThrow(`the rule ${key} has changed since the last release`);
});

it('the file is made anew from its table, whatever it held', () => {
  const source =
    "/** Words. */\nexport const VERSIONS: Readonly<Record<string, V>> = {\n  old: { version: 1, hash: '0', release: '0' },\n};\n";
  const file = versionsFile(source, versionsOf([RULE], {}, '0.1.0'));
  expect(file).toContain('/** Words. */');
  expect(file).toMatch(
    new RegExp(`= \\{\\n  '${key}': \\{ version: 1, hash: '[0-9a-f]{16}', release: '0\\.1\\.0' \\},\\n\\};\\n$`),
  );
});
