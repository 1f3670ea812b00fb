/** What promtool, Prometheus' own, says of the alerts; skipped aloud where there is none, and failed under CI. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseDocument, parse } from 'yaml';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findPrometheus, NoPrometheus } from '../../scripts/prometheus-binaries.ts';
import { environment } from '../../src/config/environment.ts';
import { skippedAloud } from '../support/missing-tool.ts';

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

const file = readFileSync(path.join(DIRECTORY, 'alerts.yml'), 'utf8');
const { groups } = parse(file) as { groups: { rules: { alert: string; expr: string }[] }[] };
const alerts = groups.flatMap(({ rules }) => rules);

/** The shipped files in a directory that goes with the test. */
function copied(): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'shenji-alerts-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  cpSync(DIRECTORY, copy, { recursive: true });
  return copy;
}

/** The cases of alerts.test.yml against a copy of the alerts in which the expression of one is another. */
async function testedWith(alert: string, expression: (expr: string) => string): Promise<Ended> {
  const copy = copied();
  const rules = parseDocument(file);
  const at = alerts.findIndex((one) => one.alert === alert);
  const place = ['groups', 0, 'rules', at, 'expr'];
  rules.setIn(place, expression(rules.getIn(place) as string));
  writeFileSync(path.join(copy, 'alerts.yml'), rules.toString());
  return promtool('test', 'rules', path.join(copy, 'alerts.test.yml'));
}

describe.skipIf(binaries === undefined)('alerts in promtool', () => {
  it('are accepted, and so is the configuration that loads them', async () => {
    const copy = copied();
    writeFileSync(path.join(copy, 'http-token'), 'a token');
    const { code, said } = await promtool('check', 'config', path.join(copy, 'prometheus.yml'));
    expect(said).toContain('prometheus.yml is valid');
    expect(said).toContain(`SUCCESS: ${alerts.length} rules found`);
    expect(code).toBe(0);
  });

  it('fire for the install that is ill and not for the one that is well', async () => {
    expect(await promtool('test', 'rules', path.join(DIRECTORY, 'alerts.test.yml'))).toEqual({
      code: 0,
      said: expect.stringContaining('SUCCESS') as string,
    });
  });

  it.each(alerts)('$alert has cases that notice when it never fires, fires always, or mixes installs', async (rule) => {
    const installs = 'cluster, namespace, job';
    const broken = {
      never: () => 'vector(1) > 2',
      always: () => 'vector(1)',
      mixed: (expr: string) => expr.replaceAll(`${installs}, `, '').replaceAll(installs, ''),
    };
    for (const [how, expression] of Object.entries(broken)) {
      const { code, said } = await testedWith(rule.alert, expression);
      expect(code, how).toBe(1);
      expect(said, how).toContain(`alertname: ${rule.alert}`);
    }
  });
});
