/** What promtool, Prometheus' own, says of the alerts; skipped aloud where there is none, and failed under CI. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findPrometheus, NoPrometheus } from '../../scripts/prometheus-binaries.ts';
import { environment } from '../../src/config/environment.ts';
import { skippedAloud } from '../support/missing-tool.ts';
import { mutationsOf, type Mutation, type Rule } from './alert-mutations.ts';

const DIRECTORY = path.join(import.meta.dirname, '..', '..', 'deploy', 'prometheus');
const tell = (line: string): void => void process.stderr.write(`${line}\n`);

const binaries = await findPrometheus(environment, tell).catch((error: unknown) => {
  if (!(error instanceof NoPrometheus)) throw error;
  skippedAloud(`the alerts are not tried with promtool. ${error.message}`);
  return undefined;
});

type Ended = { readonly code: number | string; readonly said: string };

function promtool(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(binaries?.promtool ?? '', args, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? (error === null ? 0 : 'killed'), said: stdout + stderr }),
    );
  });
}

const parsed = (name: string): unknown => parse(readFileSync(path.join(DIRECTORY, name), 'utf8'));
type Look = { readonly alertname: string };
type Case = {
  readonly input_series: readonly { readonly series: string }[];
  readonly alert_rule_test: readonly Look[];
};

const { groups } = parsed('alerts.yml') as { groups: [{ name: string; rules: Rule[] }] };
const [{ rules }] = groups;
const CASES = ['alerts.test.yml', 'alerts-days.test.yml'];
const cases = CASES.map((name) => parsed(name) as { readonly tests: readonly Case[] });

/** Expressions that differ from the shipped ones and say the same, so that no case can tell them apart. */
const THE_SAME = [
  // `unless` compares all labels, and before it only what was refused is left: what else was known of a day ago takes nothing away.
  /present_over_time\(shenji_vendor_requests_total(?!\{result="permanent"\})/,
  // Each series that is let in is more than 0 already, and the alert does not tell how much: it stands for any of them.
  /^(?:min|max) by \(cluster, namespace, job, vendor, api\) \( ?\(increase\(shenji_vendor_requests_total/,
];

/** A directory that goes with the test. */
function scratch(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'shenji-alerts-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** The cases that such a rule decides, and of each only what it says of that rule. */
function casesOf({ alert, record }: Rule): object[] {
  return cases.flatMap(({ tests, ...settings }) => {
    const own = tests.flatMap((one) => {
      const looks = one.alert_rule_test.filter(({ alertname }) => alert === undefined || alertname === alert);
      const isDecided = record === undefined || one.input_series.some(({ series }) => series.includes('_last_tick_'));
      return looks.length > 0 && isDecided ? [{ ...one, alert_rule_test: looks }] : [];
    });
    return own.length > 0 ? [{ ...settings, tests: own }] : [];
  });
}

/** Writes the mutated rule, with those that it needs or that need it, and its cases. Returns the files of cases. */
function written(directory: string, mutated: Rule, original: Rule): string[] {
  mkdirSync(directory);
  const needed = rules.filter(
    (rule) => rule === original || rule.record !== undefined || original.record !== undefined,
  );
  const changed = needed.map((rule) => (rule === original ? mutated : rule));
  writeFileSync(path.join(directory, 'alerts.yml'), stringify({ groups: [{ name: 'shenji', rules: changed }] }));
  return casesOf(original).map((content, index) => {
    const file = path.join(directory, `${index}.test.yml`);
    writeFileSync(file, stringify(content));
    return file;
  });
}

/** Of these, names of those that no case of the rule notices. */
async function unnoticed(original: Rule, mutations: readonly Mutation[]): Promise<string[]> {
  const copy = scratch();
  const tried = mutations.map(({ name, rule }, index) => {
    const directory = path.join(copy, String(index));
    return { name, rules: path.join(directory, 'alerts.yml'), files: written(directory, rule, original) };
  });
  // What fails must fail for what it says, not because it cannot be read.
  const { said, code } = await promtool('check', 'rules', ...tried.map((each) => each.rules));
  expect(code, said).toBe(0);
  const files = tried.flatMap((each) => each.files);
  const half = Math.ceil(files.length / 2);
  const ended = await Promise.all(
    [files.slice(0, half), files.slice(half)].map((some) => promtool('test', 'rules', ...some)),
  );
  const told = ended.map((each) => each.said).join('\n');
  const passed = new Set([...told.matchAll(/^Unit Testing: +(\S+)\n +SUCCESS$/gm)].map(([, file = '']) => file));
  return tried.filter((each) => each.files.every((file) => passed.has(file))).map(({ name }) => name);
}

describe.skipIf(binaries === undefined)('alerts in promtool', () => {
  it('are accepted, and so is the configuration that loads them', async () => {
    const copy = scratch();
    cpSync(DIRECTORY, copy, { recursive: true });
    writeFileSync(path.join(copy, 'http-token'), 'a token');
    const { code, said } = await promtool('check', 'config', path.join(copy, 'prometheus.yml'));
    expect(said).toContain('prometheus.yml is valid');
    expect(said).toContain(`SUCCESS: ${rules.length} rules found`);
    expect(code).toBe(0);
  });

  it('fire for the install that is ill and not for the one that is well', async () => {
    expect(await promtool('test', 'rules', ...CASES.map((name) => path.join(DIRECTORY, name)))).toEqual({
      code: 0,
      said: expect.stringContaining('SUCCESS') as string,
    });
  });

  it.each(rules.map((rule) => ({ name: rule.alert ?? rule.record, rule })))(
    '$name has cases that notice each change of a number, time, selector, aggregation or operand',
    async ({ rule }) => {
      const mutations = mutationsOf(rule);
      expect(mutations.length).toBeGreaterThan(4);
      const same = mutations.filter(({ rule: { expr } }) => THE_SAME.some((one) => one.test(expr)));
      const unchanged = { name: 'unchanged', rule };
      expect(await unnoticed(rule, [unchanged, ...mutations])).toEqual([unchanged, ...same].map(({ name }) => name));
    },
  );
});
