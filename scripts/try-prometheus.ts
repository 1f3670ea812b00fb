/**
 * `npm run try:prometheus`: a real Prometheus watches a running shenji by deploy/prometheus. Every metric that docs/operate.md
 * names must have a series, every expression of the Grafana dashboard must give data, and alerts must fire and end for what
 * really happens: a wrong secret, a failing vendor, a killed scheduler, Elasticsearch gone. Some four minutes; needs Java 21
 * and Maven for the embedded servers, and a Prometheus (PROMETHEUS_HOME, the path, or apt, which brings Debian's package
 * without installing it). Exits with 1 where something of it does not hold.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { environment } from '../src/config/environment.ts';
import { MissingPrerequisite } from '../src/dev/embedded/index.ts';
import { findPrometheus, NoPrometheus, versionOf } from './prometheus-binaries.ts';
import { startPrometheus, type Alert, type Prometheus } from './prometheus.ts';
import { stopAll, tell, TryError, until } from './trying.ts';
import { startInstall, type Install } from './watched-install.ts';

const ROOT = path.join(import.meta.dirname, '..');
const TOKEN = 'token-of-the-try';
const SLOW_S = 240;
const textOf = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** What was seen, for the summary. */
const seen: [what: string, result: string][] = [];

/** The shipped configuration, with the addresses of this try. */
function configured(targets: readonly string[]): string {
  const config = parseDocument(textOf('deploy/prometheus/prometheus.yml'));
  config.setIn(['scrape_configs', 0, 'static_configs', 0, 'targets'], targets);
  config.setIn(['global', 'scrape_interval'], '1s');
  config.setIn(['global', 'evaluation_interval'], '1s');
  return config.toString();
}

/** The shipped alerts, in a hurry: nobody waits an hour in a try. */
function hurried(): string {
  const rules = textOf('deploy/prometheus/alerts.yml');
  tell('alerts: a copy of deploy/prometheus/alerts.yml in which each "for:" is 5s and each range of minutes, like [10m], is [1m]; scraped each second');
  return rules.replace(/^( +for:) .*$/gm, '$1 5s').replace(/\[\d+m\]/g, '[1m]');
} // prettier-ignore

/** `ShenjiLiveLag acme/feishu.openapi_audit`. */
const nameOf = ({ labels }: Alert): string =>
  [labels['alertname'], labels['instance'], labels['tenant'], labels['source'], labels['stream'], labels['api']]
    .filter((part) => part !== undefined)
    .join(' ');

async function inState(prometheus: Prometheus, alertname: string, ...states: string[]): Promise<Alert | undefined> {
  return (await prometheus.alerts()).find(({ labels, state }) => labels['alertname'] === alertname && states.includes(state)); // prettier-ignore
}

/** It is silent before, fires after `cause`, and ends after `mend`. */
async function fires(
  prometheus: Prometheus,
  alertname: string,
  why: string,
  cause: () => unknown,
  mend?: () => unknown,
): Promise<void> {
  await until(
    () => `${alertname} silent before ${why}`,
    SLOW_S,
    async () => ((await inState(prometheus, alertname, 'firing', 'pending')) === undefined ? true : undefined),
  );
  tell(`${why} …`);
  const startedAt = Date.now();
  const after = (): string => `${Math.round((Date.now() - startedAt) / 1_000)} s`;
  await cause();
  const pending = await until(
    () => `${alertname} pending`,
    SLOW_S,
    () => inState(prometheus, alertname, 'pending', 'firing'),
  );
  const story = [`${pending.state} after ${after()}`];
  const firing = await until(
    () => `${alertname} firing`,
    SLOW_S,
    () => inState(prometheus, alertname, 'firing'),
  );
  story.push(`firing after ${after()}`);
  tell(`  ${nameOf(firing)}: ${firing.annotations['summary']} (${firing.annotations['runbook_url']})`);
  if (mend !== undefined) {
    await mend();
    await until(
      () => `the end of ${alertname}`,
      SLOW_S,
      async () => ((await inState(prometheus, alertname, 'firing')) === undefined ? true : undefined),
    );
    story.push(`over after ${after()}`);
  }
  seen.push([`${alertname} (${why})`, story.join(', ')]);
}

/** Names in the table of metrics in docs/operate.md. */
const namedMetrics = (): string[] => {
  const table = textOf('docs/operate.md').split('\n').filter((line) => /^\| `(?:shenji|process)_/.test(line)); // prettier-ignore
  return [...new Set(table.flatMap((line) => line.split('|')[1]?.match(/shenji_\w+/g) ?? []))];
};

async function everyMetricIsScraped(prometheus: Prometheus): Promise<void> {
  const named = namedMetrics();
  let missing: string[] = [];
  await until(
    () => `a series of every metric that docs/operate.md names; there is none of ${missing.join(', ')}`,
    SLOW_S,
    async () => {
      const there = new Set((await prometheus.metricNames()).map((name) => name.replace(/_bucket$/, '')));
      missing = named.filter((name) => !there.has(name));
      return missing.length === 0 ? true : undefined;
    },
  );
  for (const name of named) tell(`  ${name}: ${(await prometheus.query(`{__name__=~"${name}(_count)?"}`)).length} series`); // prettier-ignore
  seen.push(['metrics of docs/operate.md with a series', `${named.length} of ${named.length}`]);
}

type Dashboard = { panels: { title: string; targets?: { expr: string }[] }[] };

/** Expressions of the dashboard, by what Grafana would ask; those that have given data leave the list. */
function createDashboard() {
  const { panels } = JSON.parse(textOf('deploy/grafana/shenji.json')) as Dashboard;
  const asked = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
  const filled = (expr: string): string =>
    expr.replaceAll('"$cluster"', '".*"').replaceAll('"$namespace"', '".*"').replaceAll('"$job"', '"shenji"').replaceAll('$__rate_interval', '1m'); // prettier-ignore
  const withoutData = new Set(asked);
  return {
    size: asked.length,
    withoutData,
    /** @throws TryError where one of them does not parse */
    async look(prometheus: Prometheus): Promise<void> {
      for (const one of withoutData) {
        const samples = await prometheus.query(filled(one.expr));
        if (samples.some(({ value: [, value] }) => value !== 'NaN')) withoutData.delete(one);
      }
    },
  };
}

async function attempt(prometheus: Prometheus, install: Install): Promise<void> {
  await until(
    () => 'both targets up',
    SLOW_S,
    async () => ((await prometheus.targets()).every(({ health }) => health === 'up') ? true : undefined),
  );
  tell('waiting for a series of every metric that docs/operate.md names …');
  await everyMetricIsScraped(prometheus);
  const dashboard = createDashboard();
  await dashboard.look(prometheus);

  const suspended = await until(() => 'ShenjiSourceSuspended firing', SLOW_S, () => inState(prometheus, 'ShenjiSourceSuspended', 'firing')); // prettier-ignore
  seen.push(['ShenjiSourceSuspended (a wrong secret)', `firing for ${suspended.labels['tenant']}`]);
  await fires(prometheus, 'ShenjiVendorFailing', 'the vendor answers every call with an error', () => install.befall({ internal: 1 }), () => install.befall({})); // prettier-ignore
  await dashboard.look(prometheus);
  await fires(prometheus, 'ShenjiProcessNotScraped', 'the scheduler is killed', () => install.end('scheduler', 'SIGKILL')); // prettier-ignore
  const idle = await until(() => 'ShenjiNotPlanning firing', SLOW_S, () => inState(prometheus, 'ShenjiNotPlanning', 'firing')); // prettier-ignore
  seen.push(['ShenjiNotPlanning (the same)', `firing for ${idle.labels['cluster']}/${idle.labels['namespace']}/${idle.labels['job']}`]); // prettier-ignore
  install.start('scheduler');
  await until(
    () => 'the end of both',
    SLOW_S,
    async () => ((await inState(prometheus, 'ShenjiNotPlanning', 'firing')) ?? (await inState(prometheus, 'ShenjiProcessNotScraped', 'firing'))) === undefined ? true : undefined,
  ); // prettier-ignore
  // Away until the alert fires, however long a slow machine takes for that.
  let bringBack: (() => Promise<void>) | undefined;
  await fires(prometheus, 'ShenjiElasticsearchNotReady', 'Elasticsearch is killed', async () => { bringBack = await install.killElasticsearch(); }, () => bringBack?.()); // prettier-ignore
  await dashboard.look(prometheus);
  seen.push(['expressions of the Grafana dashboard that gave data', `${dashboard.size - dashboard.withoutData.size} of ${dashboard.size}`]); // prettier-ignore
  if (dashboard.withoutData.size > 0)
    throw new TryError(`no data for ${[...dashboard.withoutData].map(({ title, expr }) => `"${title}": ${expr}`).join('\n')}`); // prettier-ignore
}

async function main(): Promise<void> {
  const startedAt = Date.now();
  const binaries = await findPrometheus(environment, tell);
  tell(`Prometheus ${await versionOf(binaries.prometheus)}`);
  const install = await startInstall(TOKEN);
  let prometheus: Prometheus | undefined;
  try {
    install.setUp();
    install.start('scheduler');
    install.start('worker');
    const files = { 'prometheus.yml': configured(install.targets), 'alerts.yml': hurried(), 'http-token': TOKEN };
    prometheus = await startPrometheus(binaries.prometheus, files);
    await attempt(prometheus, install);
  } catch (error) {
    for (const role of ['scheduler', 'worker'])
      tell(`the last of the ${role}'s log:\n${install.lastWords(role) ?? 'it was not started'}`);
    throw error;
  } finally {
    await stopAll(
      () => Promise.resolve(prometheus?.stop()),
      () => install.stop(),
    );
    seen.push(['time', `${Math.round((Date.now() - startedAt) / 1_000)} s`]);
    const width = Math.max(...seen.map(([what]) => what.length));
    for (const [what, result] of seen) process.stdout.write(`${what.padEnd(width)}  ${result}\n`);
  }
}

try {
  await main();
} catch (error) {
  const isTold = [TryError, NoPrometheus, MissingPrerequisite].some((told) => error instanceof told);
  tell(isTold ? (error as Error).message : String((error as Error).stack));
  process.exitCode = 1;
}
