/** From an author's words to the line that Kibana imports: the form that an analyst of Elastic's rules expects. */
import { describe, expect, it } from 'vitest';
import { fieldTypes, toImport } from '../../../src/app/rules/format.ts';
import { attack } from '../../../src/sdk/attack.ts';
import type { DetectionRule } from '../../../src/sdk/kibana.ts';
import { PLACEHOLDERS } from '../../../src/sdk/placeholders.ts';
import { sourceDefinitions } from '../../../src/sources/index.ts';

const types = fieldTypes(sourceDefinitions);
const made = (rule: DetectionRule) => toImport(rule, 'logs-feishu.openapi_audit-*', types);

const RULE: DetectionRule = {
  key: 'a-rule',
  name: 'Feishu: something',
  description: 'Something happens.',
  type: 'query',
  query: `event.outcome: "success" and not source.ip: ${PLACEHOLDERS.knownNetworks} and not shenji.pass: "backfill"`,
  severity: 'high',
  risk_score: 73,
  risk: 'It matters.',
  threat: attack('discovery', 'T1526', 'Cloud Service Discovery'),
  false_positives: ['A release.'],
  triage: ['Ask the owner.'],
  response: ['Reset the secret.'],
};
const THRESHOLD: DetectionRule = { ...RULE, type: 'threshold', threshold: { field: ['user.id'], value: 2, cardinality: [] } }; // prettier-ignore
const SUPPRESSED = { by: ['user.id'], hours: 4 };

describe('a rule in Kibana', () => {
  it('has the headings of an investigation guide, in their order', () => {
    expect(made(RULE).note.match(/^#+ .*$/gm)).toEqual([
      '## Triage and analysis',
      '### Investigating Feishu: something',
      '#### Possible investigation steps',
      '### False positive analysis',
      '### Response and remediation',
    ]);
    const { response: _, ...withoutResponse } = RULE;
    expect(made(withoutResponse).note).not.toContain('Response and remediation');
  });

  it('has tags by Elastic’s taxonomy; one of its own replaces the default of its kind', () => {
    expect(made(RULE).tags).toEqual([
      'shenji',
      'shenji:a-rule',
      'Domain: SaaS',
      'Data Source: Feishu openapi audit',
      'Use Case: Threat Detection',
      'Tactic: Discovery',
      'Resources: Investigation Guide',
    ]);
    const { tags } = made({ ...RULE, tags: ['Domain: Identity', 'Use Case: Identity and Access Audit'] });
    expect(tags).toEqual(expect.arrayContaining(['Domain: Identity', 'Use Case: Identity and Access Audit']));
    expect(tags).not.toEqual(expect.arrayContaining(['Domain: SaaS']));
  });

  it('says in its setup what has to be collected and configured', () => {
    const { setup } = made({
      ...RULE,
      type: 'new_terms',
      new_terms_fields: ['user.id'],
      history_window_start: 'now-9d',
    });
    expect(setup).toMatch(/`logs-feishu\.openapi_audit-\*`: `shenji status`/);
    expect(setup).toContain('`rules.knownNetworks`');
    expect(setup).toContain('9 days');
    expect(setup).not.toContain('rules.adminApps');
  });

  it('highlights what it goes by, and who, where and what of that data stream, but not which pass read it', () => {
    const { field_names: names } = made(THRESHOLD)['investigation_fields'] as { field_names: string[] };
    expect(names[0]).toBe('user.id');
    expect(names).toEqual(expect.arrayContaining(['source.ip', 'user.name', 'event.action', 'organization.id']));
    expect(names).not.toContain('shenji.pass');
  });

  it('goes by fields of its own data stream only', () => {
    expect(() => made({ ...RULE, query: 'dingtalk.report.value: 1' })).toThrow(
      'the rule a-rule: dingtalk.report.value is in no mapping',
    );
  });
});

describe('suppression', () => {
  it.each<DetectionRule['type']>(['query', 'new_terms', 'esql'])('of the type %s names its fields', (type) => {
    expect(made({ ...RULE, type, suppression: SUPPRESSED })['alert_suppression']).toEqual({
      group_by: ['user.id'],
      duration: { value: 4, unit: 'h' },
      missing_fields_strategy: 'doNotSuppress',
    });
  });

  it('of a threshold rule has a time only, and its fields are those that it counts by', () => {
    const { alert_suppression: suppression } = made({ ...THRESHOLD, suppression: SUPPRESSED });
    expect(suppression).toEqual({ duration: { value: 4, unit: 'h' } });
    expect(() => made({ ...THRESHOLD, suppression: { by: ['source.ip'], hours: 4 } })).toThrow(/by the fields that it counts by/); // prettier-ignore
  });

  it.each([
    [{ by: [], hours: 1 }, /one to 3 fields, not 0/],
    [{ by: ['user.id', 'user.name', 'source.ip', 'event.action'], hours: 1 }, /one to 3 fields, not 4/],
    [{ by: ['user.id'], hours: 0.5 }, /no whole number of hours/],
    [{ by: ['user.shoe_size'], hours: 1 }, /user\.shoe_size is in no mapping/],
  ])('that Kibana would refuse is refused here (%o)', (suppression, message) => {
    expect(() => made({ ...RULE, suppression })).toThrow(message);
  });
});

it('an ES|QL rule says its language, and requires those of its words that are mapped', () => {
  const query = 'FROM logs-feishu.openapi_audit-* | WHERE event.outcome == "success" AND my.own > 1 | STATS n = COUNT(*) BY user.id'; // prettier-ignore
  const rule = made({ ...RULE, type: 'esql', query });
  expect(rule['language']).toBe('esql');
  expect((rule['required_fields'] as { name: string }[]).map(({ name }) => name)).toEqual(['event.outcome', 'user.id']);
});

it('a plugin’s rule has the version that it gives itself, else 1', () => {
  expect(made(RULE)['version']).toBe(1);
  expect(made({ ...RULE, version: 7 })['version']).toBe(7);
});
