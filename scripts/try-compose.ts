/**
 * `npm run try:compose`: what docs/operate.md says of Docker, done once for real from empty volumes: collect, scale, kill a
 * worker, restart Redis and Elasticsearch, prove, stop, start again. Needs a Docker engine with Compose 2, about ten
 * minutes, and the images (what is missing, Compose pulls; NODE_IMAGE names another base). Kibana takes part only where its
 * image is there already. `--keep` leaves the stack up.
 */
import { caughtUp, documents, healthy, SLOW_S } from './compose-conditions.ts';
import { createStack, findCompose, graceOf, type Stack } from './compose-stack.ts';
import { tell, TryError, until } from './trying.ts';

const OURS = ['scheduler', 'worker', 'simulator'];
const KIBANA = 'docker.elastic.co/kibana/kibana:9.5.3';
const WORKERS = 4;
const EVENTS = process.env['DEMO_EVENTS'] ?? '50000';

const figures: [string, string][] = [];

/** Seconds that it took. */
async function timed(what: string, work: () => Promise<unknown>): Promise<number> {
  tell(`${what} …`);
  const startedAt = Date.now();
  await work();
  return Math.round((Date.now() - startedAt) / 100) / 10;
}

async function figure(what: string, work: () => Promise<unknown>): Promise<void> {
  figures.push([what, `${await timed(what, work)} s`]);
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new TryError(otherwise);
}

/** Statistics come a day at a time, and the day that lasts has not come: up to the day before, in the tenant's time. */
const day = (before: number): string => new Date(Date.now() - before * 86_400_000).toISOString().slice(0, 10);
const spans = (): readonly (readonly [source: string, from: string, to: string])[] => [
  ['feishu.openapi_audit', day(14), new Date(Math.floor(Date.now() / 60_000) * 60_000 - 10 * 60_000).toISOString()],
  ['dingtalk.report', day(14), day(2)],
];

async function proves(stack: Stack): Promise<void> {
  for (const [source, from, to] of spans())
    for (const more of [[], ['--recount']]) {
      const what = ['prove', source, ...more].join(' ');
      tell(`${what} …`);
      const range = ['--from', from, '--to', to];
      const { code, stdout, stderr } = await stack.shenji('prove', source, ...range, ...more, '--json');
      expect(code === 0, `${what} exits with code ${code}: ${stderr.slice(-500)}\n${stdout.slice(0, 2_000)}`);
      const { verdict, events, windows } = JSON.parse(stdout) as { verdict: string; events: number; windows: number };
      figures.push([what, `${verdict}: ${events} events in ${windows} windows`]);
    }
}

/** As a crash would: the engine starts it again, and others take over what it was at. */
async function killAWorker(stack: Stack): Promise<void> {
  const [victim] = await stack.containers('worker');
  const name = victim?.Name ?? '';
  const kill = `const fs = require('fs'); for (const pid of fs.readdirSync('/proc').filter(Number)) if (/\\0worker/.test(fs.readFileSync('/proc/' + pid + '/cmdline', 'utf8')) && pid !== '1') process.kill(pid, 'SIGKILL')`;
  await stack.docker('exec', name, 'node', '-e', kill);
  await until(
    () => 'the killed worker is started again',
    SLOW_S,
    async () => {
      const { stdout } = await stack.docker('inspect', '--format', '{{.RestartCount}} {{.State.Health.Status}}', name);
      return /^[1-9]\d* healthy/.test(stdout) ? true : undefined;
    },
  );
}

/** A container that is stopped in the moment that it starts must not wait for its end by SIGKILL. */
async function stopsAtOnce(stack: Stack): Promise<void> {
  const graceS = graceOf('worker');
  const id = (await stack.must('run', '--detach', '--no-deps', 'worker')).trim().split('\n').at(-1) ?? '';
  const seconds = await timed('stop a worker that has just started', () =>
    stack.docker('stop', '--time', String(graceS), id),
  );
  const { stdout } = await stack.docker('inspect', '--format', '{{.State.ExitCode}}', id);
  await stack.docker('rm', '--force', id);
  expect(
    stdout.trim() !== '137' && seconds < graceS,
    `a worker that has just started ends after ${seconds} s with code ${stdout.trim()}`,
  );
  figures.push(['stop of a worker that has just started', `${seconds} s, exit code ${stdout.trim()}`]);
}

async function stopsInTime(stack: Stack): Promise<void> {
  const seconds = await timed('stop', () => stack.must('stop'));
  const all = await stack.containers();
  const codes = all
    .filter(({ Service }) => OURS.includes(Service))
    .map(({ Service, ExitCode }) => `${Service} ${ExitCode}`);
  expect(
    codes.length === WORKERS + 2 && codes.every((code) => code.endsWith(' 0')),
    `exit codes after stop: ${codes.join(', ')}`,
  );
  figures.push(['stop', `${seconds} s; each of our ${codes.length} processes exits with code 0`]);
}

/** From empty volumes to everything collected. `services`: those that take part, all where none is named. */
async function collects(stack: Stack, services: readonly string[]): Promise<void> {
  await figure('build of the image', () => stack.must('build', 'setup'));
  await figure('from empty volumes to everything started', () => stack.must('up', '--detach', ...services));
  const isThere = async () => ((await documents(stack)) > 0 ? true : undefined);
  await figure('from there to the first document', () => until(() => 'a document', SLOW_S, isThere));
  const check = await stack.shenji('check');
  expect(check.code === 0, `check exits with code ${check.code}:\n${check.stdout}${check.stderr}`);
  await figure(`sixteen days of ${EVENTS} events, collected up to now by one worker`, () => caughtUp(stack));
  const demo = await stack.must('run', '--rm', '--no-deps', 'demo');
  expect(demo.includes('/app/dashboards') && demo.includes('shenji_reader'), `the demo ends with:\n${demo}`);
}

/** More workers, and what may happen to any of it while a backfill runs. */
async function survives(stack: Stack, services: readonly string[]): Promise<void> {
  await figure(`scale to ${WORKERS} workers`, async () => {
    await stack.must('up', '--detach', '--no-recreate', '--scale', `worker=${WORKERS}`, ...services);
    await healthy(stack, 'worker', WORKERS);
  });
  const before = await documents(stack);
  const backfill = ['backfill', 'feishu.openapi_audit', '--from', day(14), '--to', day(1)];
  await stack.must('exec', '-T', 'scheduler', 'shenji', ...backfill);
  await figure('kill a worker during a backfill, until it is back', () => killAWorker(stack));
  await figure('restart Redis', () => stack.must('restart', 'redis'));
  await figure('restart Elasticsearch', () => stack.must('restart', 'elasticsearch'));
  await figure('everything collected again after that, the backfill too', () => caughtUp(stack));
  tell(`  ${before} documents before, ${await documents(stack)} now`);
}

async function attempt(stack: Stack): Promise<void> {
  const hasKibana = (await stack.docker('image', 'inspect', KIBANA)).code === 0;
  const services = hasKibana ? [] : ['simulator', 'scheduler', 'worker'];
  if (!hasKibana) tell(`Kibana takes no part: there is no image ${KIBANA}`);
  await collects(stack, services);
  await survives(stack, services);
  await proves(stack);
  figures.push(['documents', String(await documents(stack))]);
  await stopsAtOnce(stack);
  await stopsInTime(stack);
  await figure('start again, until everything is collected', async () => {
    await stack.must('up', '--detach', '--scale', `worker=${WORKERS}`, ...services);
    await caughtUp(stack);
  });
  await proves(stack);
}

async function main(): Promise<void> {
  const stack = createStack(await findCompose(), { DEMO_EVENTS: EVENTS });
  const keep = process.argv.includes('--keep');
  try {
    await attempt(stack);
  } catch (error) {
    tell((await stack.compose('logs', '--tail', '15', 'scheduler', 'worker', 'setup', 'users', 'secrets')).stdout);
    throw error;
  } finally {
    const width = Math.max(...figures.map(([what]) => what.length));
    for (const [what, value] of figures) process.stdout.write(`${what.padEnd(width)}  ${value}\n`);
    if (keep) tell(`left up: docker compose -p ${stack.name} down -v removes it`);
    else await stack.remove();
  }
}

try {
  await main();
} catch (error) {
  tell(error instanceof TryError ? error.message : String((error as Error).stack));
  process.exitCode = 1;
}
