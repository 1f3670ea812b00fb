/** What operators load into Prometheus and Grafana names what is there, and hides no install behind another. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { everyMetric } from '../support/every-metric.ts';
import { namesIn } from '../support/promql.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const textOf = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
/** By these an install is told from another; Prometheus or whoever configures it sets them. */
const INSTALL = ['cluster', 'namespace', 'job'];
/** What Prometheus makes itself, with the labels that matter here. */
const ITS_OWN = [
  ['up', []],
  ['ALERTS', ['alertname', 'alertstate', 'severity', 'tenant', 'source']],
] as const;

type Recorded = { record: string; expr: string };
type Alert = { alert: string; expr: string; labels: Record<string, string>; annotations: Record<string, string> };
type Case = { input_series: { series: string }[]; alert_rule_test: { alertname: string; exp_alerts: { exp_labels: Record<string, string> }[] }[] }; // prettier-ignore

const { groups } = parse(textOf('deploy/prometheus/alerts.yml')) as { groups: { rules: (Alert | Recorded)[] }[] };
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.filter((rule) => 'alert' in rule);
/** What is written down for alerts, by its name in PromQL. */
const recorded = rules.filter((rule) => 'record' in rule);

async function known(): Promise<Map<string, Set<string>>> {
  const all = await everyMetric();
  for (const [name, labels] of ITS_OWN) all.set(name, new Set(labels));
  for (const { record } of recorded) all.set(record, new Set());
  for (const labels of all.values()) for (const label of [...INSTALL, 'instance']) labels.add(label);
  return all;
}

/** It parses, and names only metrics and labels that exist; `shown` are labels that a text beside it names. */
function expectNamed(all: Map<string, Set<string>>, what: string, expression: string, shown: readonly string[]): void {
  const { metrics, labels, faults } = namesIn(expression);
  expect(faults, `${what} parses: ${expression}`).toBe(0);
  expect(metrics.length, what).toBeGreaterThan(0);
  for (const metric of metrics) expect([...all.keys()], what).toContain(metric);
  const possible = new Set(metrics.flatMap((metric) => [...(all.get(metric) ?? [])]));
  for (const label of [...labels, ...shown]) expect([...possible], `${what}: ${label}`).toContain(label);
}

const labelsShown = (text: string): string[] => [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);

describe('deploy/prometheus/alerts.yml', () => {
  it('holds only expressions that parse, and that name metrics and labels which exist', async () => {
    const all = await known();
    expect(alerts.length).toBeGreaterThan(10);
    for (const { alert, expr, annotations } of alerts)
      expectNamed(all, alert, expr, labelsShown(annotations['summary'] ?? ''));
    for (const { record, expr } of recorded) expectNamed(all, record, expr, []);
  });

  it('is no test that a broken expression or an invented metric would pass', async () => {
    expect(namesIn('max(shenji_stream_gaps > 0').faults).toBeGreaterThan(0);
    expect((await everyMetric()).has('shenji_stream_gap')).toBe(false);
  });

  it('tells installs apart in every aggregation and every comparison of two', () => {
    for (const { expr } of rules) {
      const { groupings } = namesIn(expr);
      expect(groupings.length, expr).toBeGreaterThan(0);
      for (const labels of groupings) expect(labels.slice(0, 3), expr).toEqual(INSTALL);
    }
  });

  it('is silent about lag and gaps of a source that is suspended, which has an alert of its own', () => {
    const about = alerts.filter(({ expr }) => /shenji_stream_(lag_seconds|gaps)/.test(expr));
    expect(about.length).toBeGreaterThan(1);
    for (const { alert, expr } of about) expect(expr, alert).toMatch(/unless[^>]*shenji_source_suspended [^>]*> 0$/);
  });

  it('has for every alert an entry in the runbook that its annotation points to, and none for another', () => {
    const page = textOf('docs/operate.md');
    const entries = [...page.matchAll(/^### (Shenji\w+)$/gm)].map(([, name = '']) => name);
    expect(entries.toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
    for (const { alert, annotations, labels } of alerts) {
      expect(annotations['runbook_url'], alert).toBe(`docs/operate.md#${alert.toLowerCase()}`);
      expect(['info', 'warning', 'critical']).toContain(labels['severity']);
    }
  });

  it('has for every alert a case for promtool: one install fires, another does not, and before its time none does', () => {
    const files = ['alerts.test.yml', 'alerts-days.test.yml'].map((name) => textOf(`deploy/prometheus/${name}`));
    const tests = files.flatMap((text) => (parse(text) as { tests: Case[] }).tests);
    for (const { alert } of alerts) {
      const firing = tests.filter(({ alert_rule_test: expected }) =>
        expected.some(({ alertname, exp_alerts: fire }) => alertname === alert && fire.length > 0),
      );
      const compared = firing.filter(({ input_series: given }) =>
        ['east', 'west'].every((cluster) => given.some(({ series }) => series.includes(`cluster="${cluster}"`))),
      );
      expect(compared.length, `${alert} has a case with two installs in alerts.test.yml`).toBeGreaterThan(0);
      const looks = compared.flatMap(({ alert_rule_test: expected }) => expected.filter(({ alertname }) => alertname === alert)); // prettier-ignore
      expect(
        looks.some(({ exp_alerts: fire }) => fire.length === 0),
        `${alert}: when it does not fire`,
      ).toBe(true);
      for (const { exp_labels: labels } of looks.flatMap(({ exp_alerts: fire }) => fire))
        expect(labels, alert).toMatchObject({ cluster: 'east', namespace: 'audit', job: 'shenji' });
    }
  });
});

type Target = { refId: string; expr: string; legendFormat: string; instant?: boolean; range: boolean };
type Shown = { id: number; type: string; title: string; description?: string; targets?: Target[]; options?: { graphMode?: string }; gridPos: { x: number; y: number; w: number; h: number } }; // prettier-ignore
type Variable = { name: string; type: string; definition?: string; allValue?: string };
type Dashboard = { uid: string; panels: Shown[]; templating: { list: Variable[] } };

describe('deploy/grafana/shenji.json', () => {
  const dashboard = JSON.parse(textOf('deploy/grafana/shenji.json')) as Dashboard;
  const { panels, templating } = dashboard;
  const asked = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));
  const ofGrafana = (expr: string): string => expr.replaceAll('$__rate_interval', '5m');

  it('holds only expressions that parse, and names metrics and labels which exist, in its legends too', async () => {
    const all = await known();
    expect(asked.length).toBeGreaterThan(30);
    for (const { title, expr, legendFormat } of asked) {
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      expectNamed(all, title, ofGrafana(expr), shown);
    }
  });

  it('shows every metric of shenji', async () => {
    const names = asked.flatMap(({ expr }) => namesIn(ofGrafana(expr)).metrics);
    const shown = new Set(names.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
    const own = [...(await everyMetric()).keys()].filter((name) => name.startsWith('shenji_'));
    const families = new Set(own.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
    expect([...families].filter((family) => !shown.has(family))).toEqual([]);
  });

  it('asks only for the installs that are chosen, and hides none behind another', () => {
    for (const { title, expr } of asked) {
      const selectors = [...expr.matchAll(/\{([^}]*)\}/g)].map(([, selector = '']) => selector);
      expect(selectors.length, title).toBe(namesIn(ofGrafana(expr)).metrics.length);
      for (const selector of selectors)
        for (const label of INSTALL) expect(selector, title).toContain(`${label}=~"$${label}"`);
      for (const labels of namesIn(ofGrafana(expr)).groupings) expect(labels.slice(0, 3), title).toEqual(INSTALL);
    }
  });

  it('asks for a number as it is now, and for lines over time: an alert that is over is not shown as one that fires', () => {
    const numbers = panels.filter(({ type }) => type === 'stat');
    expect(numbers.map(({ title }) => title)).toEqual(expect.arrayContaining(['Alerts that fire', 'Processes']));
    for (const { type, title, targets = [], options } of panels.filter((panel) => panel.type !== 'row')) {
      const isNumber = type === 'stat';
      for (const { instant = false, range } of targets) expect([instant, range], title).toEqual([isNumber, !isNumber]);
      // A sparkline needs the range.
      if (isNumber) expect(options?.graphMode, title).toBe('none');
    }
  });

  it('has variables for the data source and for each label of an install, of which the job alone is never anything', () => {
    expect(templating.list.map(({ name }) => name)).toEqual(['datasource', ...INSTALL]);
    for (const { name, type, definition = '', allValue } of templating.list.slice(1)) {
      expect(type).toBe('query');
      expect(definition).toMatch(new RegExp(`^label_values\\(shenji_build_info.*, ${name}\\)$`));
      expect(allValue).toBe(name === 'job' ? undefined : '.*');
    }
  });

  it('lays panels beside and below each other, each with a number of its own and a word on what it is for', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { title, type, description, gridPos } of panels) {
      if (type !== 'row') expect(description, title).toMatch(/\w/);
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.has(`${x}/${y}`), `${title} lies on another`).toBe(false);
          taken.add(`${x}/${y}`);
        }
    }
  });
});
