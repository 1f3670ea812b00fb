/** The lock file of the rules: a rule counts up once for each release in which it says something else. */
import { createHash } from 'node:crypto';
import type { Rule } from '../src/adapters/kibana/rule.ts';
import { ruleKey } from '../src/app/rules/rule.ts';
import type { RuleVersion } from '../src/app/rules/versions.ts';

type Versions = Readonly<Record<string, RuleVersion>>;

/** The release that the changelog is open for, `## 0.2.0 (unreleased)` at its top; undefined where that one is out. */
export function openRelease(changelog: string): string | undefined {
  const [, name, state] = /^## (\S+)(?: \((\w+)\))?/m.exec(changelog) ?? [];
  return state === 'unreleased' ? name : undefined;
}

function hashOf({ version: _, ...rule }: Rule): string {
  return createHash('sha256').update(JSON.stringify(rule)).digest('hex').slice(0, 16);
}

function versionOf(rule: Rule, last: RuleVersion | undefined, release: string | undefined): RuleVersion {
  const hash = hashOf(rule);
  if (last?.hash === hash) return last;
  if (release === undefined)
    throw new RangeError(
      `the rule ${ruleKey(rule)} has changed since the last release: open the next one in CHANGELOG.md, "## x.y.z (unreleased)"`,
    );
  if (last === undefined) return { version: 1, hash, release };
  return { version: last.release === release ? last.version : last.version + 1, hash, release };
}

/** Nothing counts up twice before it is released; the number of a rule that is gone stays taken. @throws RangeError where no release is open for a change */
export function versionsOf(rules: readonly Rule[], before: Versions, release: string | undefined): Versions {
  const now = rules.map((rule) => [ruleKey(rule), versionOf(rule, before[ruleKey(rule)], release)] as const);
  const keys = new Set(now.map(([key]) => key));
  const gone = Object.entries(before).filter(([key, last]) => last.release !== release && !keys.has(key));
  return Object.fromEntries([...now, ...gone].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** `source`: the file as it is; only its table is made anew. */
export function versionsFile(source: string, versions: Versions): string {
  const lines = Object.entries(versions).map(
    ([key, { version, hash, release }]) =>
      `  ${/^\w+$/.test(key) ? key : `'${key}'`}: { version: ${version}, hash: '${hash}', release: '${release}' },\n`,
  );
  const start = source.indexOf('= {', source.indexOf('VERSIONS'));
  return `${source.slice(0, start)}= {\n${lines.join('')}};\n`;
}
