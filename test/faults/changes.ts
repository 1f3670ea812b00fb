/** What operators do in the middle of it: change settings, restore, refuse and replay, read again. Each is right, and none may make a proof untrue. */
import { documentsOf } from '../../src/adapters/elasticsearch/evidence.ts';
import { checkpointsIndex, DEAD_LETTERS, LEDGER, streamName } from '../../src/adapters/elasticsearch/names.ts';
import { iso } from '../../src/core/time/intervals.ts';
import type { Pass } from '../../src/sdk/pass.ts';
import { SOURCE, subject, TENANT } from './subject.ts';
import { patiently, pause, waitUntil, type Fault, type FaultWorld, type Settings } from './world.ts';

const SECOND = 1_000;
/** How long a change stands before it is taken back: a few windows. */
const STANDS_MS = 8 * SECOND;
const IN_FLIGHT_MS = 2 * SECOND;
const EFFECT_LIMIT_MS = 20 * SECOND;

/** Each ends with a pass that reads later than the vendor's latest event comes. */
const SETTLE_LISTS = [['16s'], ['20s'], ['24s'], ['16s', '24s']];

const passesOf = (settle: readonly string[]): Pass[] => settle.map((delay): Pass => `settle-${delay}`);

async function change(world: FaultWorld, audit: Partial<Settings['audit']>): Promise<void> {
  const settings = world.settings();
  world.configure({ ...settings, audit: { ...settings.audit, ...audit } });
  await world.processes.replaceAll(world.random.pick(['SIGTERM', 'SIGKILL']));
}

const windowsOf = async ({ runtime }: FaultWorld, pass: Pass): Promise<number> =>
  (await runtime.ledger.totals({ tenant: TENANT, source: SOURCE, pass })).windows;

async function settleList(world: FaultWorld): Promise<string | undefined> {
  const { settle } = world.settings().audit;
  const next = world.random.pick(SETTLE_LISTS.filter((list) => list.join() !== settle.join()));
  const [added = ''] = passesOf(next).filter((pass) => !passesOf(settle).includes(pass));
  const counted = (): Promise<number> => (added === '' ? Promise.resolve(0) : windowsOf(world, added));
  const before = await patiently(counted);
  await change(world, { settle: next });
  if (added === '') return `${settle.join(', ')} → ${next.join(', ')}`;
  const reads = await waitUntil(async () => (await counted()) > before, EFFECT_LIMIT_MS);
  return reads ? `${settle.join(', ')} → ${next.join(', ')}, which reads` : undefined;
}

async function filter(world: FaultWorld): Promise<string | undefined> {
  const { runtime, vendor, random } = world;
  const appId = String(random.pick(vendor.truth.records).served['app_id']);
  const narrowing = subject.narrowedTo(appId);
  const narrowed = async (): Promise<boolean> => {
    const asked = await runtime.ledger.questions(TENANT, SOURCE);
    return asked.some(({ text }) => text.includes(appId));
  };
  const before = await patiently(narrowed);
  let after = false;
  try {
    await change(world, narrowing);
    after = await waitUntil(narrowed, EFFECT_LIMIT_MS);
    await pause(random.below(STANDS_MS));
  } finally {
    const { audit } = world.settings();
    const wide = Object.fromEntries(Object.entries(audit).filter(([key]) => !(key in narrowing)));
    world.configure({ ...world.settings(), audit: { ...wide, settle: audit.settle } });
    await world.processes.replaceAll('SIGTERM');
  }
  return after && !before ? `read for ${appId} only, then for all again` : undefined;
}

async function retention(world: FaultWorld): Promise<string | undefined> {
  const days = Number.parseInt(world.settings().retention, 10) + 1;
  world.configure({ ...world.settings(), retention: `${days}d` });
  const { stdout } = await world.processes.run('setup', ['setup']);
  const updated = stdout.match(/updated {2,}/g)?.length ?? 0;
  return updated > 0 ? `${days} days: ${updated} pieces updated` : undefined;
}

type Stored = { readonly id: string; readonly source: object };

async function refreshed({ runtime }: FaultWorld, index: string): Promise<void> {
  await runtime.elasticsearch.indices.refresh({ index, ignore_unavailable: true });
}

async function checkpointsOf(world: FaultWorld): Promise<Stored[]> {
  const index = checkpointsIndex(world.runtime.config.namespace);
  await refreshed(world, index);
  const found = await world.runtime.elasticsearch.search<object>({ index, size: 1_000 });
  return found.hits.hits.map(({ _id: id = '', _source: source = {} }) => ({ id, source }));
}

/** As a restore is made: nothing runs meanwhile. */
async function whileStopped(world: FaultWorld, restore: () => Promise<void>): Promise<void> {
  const { processes } = world;
  const roles = processes.all().map(({ role }) => role);
  await Promise.all(processes.all().map((process) => processes.kill(process, 'SIGKILL')));
  try {
    // What they have sent is still on its way where the proxy is slow.
    await pause(IN_FLIGHT_MS);
    await world.shared.steady(restore);
  } finally {
    for (const role of roles) processes.start(role);
  }
}

async function setCheckpointsBack(world: FaultWorld): Promise<string | undefined> {
  const index = checkpointsIndex(world.runtime.config.namespace);
  const old = new Map((await patiently(() => checkpointsOf(world))).map(({ id, source }) => [id, source]));
  const isOther = ({ id, source }: Stored): boolean => JSON.stringify(old.get(id)) !== JSON.stringify(source);
  await waitUntil(async () => (await checkpointsOf(world)).some(isOther), EFFECT_LIMIT_MS);
  await pause(world.random.below(STANDS_MS));
  let back = 0;
  await whileStopped(world, async () => {
    for (const { id } of (await checkpointsOf(world)).filter(isOther)) {
      const document = old.get(id);
      if (document === undefined) continue;
      await world.runtime.elasticsearch.index({ index, id, document });
      back += 1;
    }
  });
  return back > 0 ? `${back} checkpoints as they were` : undefined;
}

/** Everything of these data streams, as `index/id`. */
async function held(world: FaultWorld, streams: readonly string[]): Promise<Set<string>> {
  const all = new Set<string>();
  for (const stream of streams) {
    if (!(await world.runtime.elasticsearch.indices.exists({ index: stream }))) continue;
    await refreshed(world, stream);
    for await (const { id, index } of documentsOf(world.runtime.elasticsearch, stream, [], []))
      all.add(`${index}/${id}`);
  }
  return all;
}

/** Back to what was there before, as a snapshot of them brings it, while the checkpoints stay as they are. */
async function setLedgerBack(world: FaultWorld): Promise<string | undefined> {
  const { runtime, random, index } = world;
  const { namespace } = runtime.config;
  const ledger = streamName(LEDGER, namespace);
  const restored = random.pick([[ledger], [ledger, index, streamName(DEAD_LETTERS, namespace)]]);
  const before = await patiently(() => held(world, restored));
  const isNew = (key: string): boolean => !before.has(key);
  const done = (): Promise<Set<string>> => held(world, [ledger]);
  await waitUntil(async () => [...(await done())].filter(isNew).length > 3, EFFECT_LIMIT_MS);
  await pause(random.below(STANDS_MS));
  const gone: string[] = [];
  await whileStopped(world, async () => {
    gone.push(...[...(await held(world, restored))].filter(isNew));
    const operations = gone.map((key) => {
      const [_index = '', _id = ''] = key.split('/');
      return { delete: { _index, _id } };
    });
    if (operations.length > 0) await runtime.elasticsearch.bulk({ operations, refresh: true });
  });
  const entries = gone.filter((key) => key.includes(ledger)).length;
  return entries > 0 ? `${entries} entries and ${gone.length - entries} documents less` : undefined;
}

async function refuse(world: FaultWorld): Promise<string | undefined> {
  const { runtime, processes, random } = world;
  const index = streamName(DEAD_LETTERS, runtime.config.namespace);
  const letters = async (): Promise<number> =>
    (await runtime.elasticsearch.count({ index, ignore_unavailable: true })).count;
  const before = await patiently(letters);
  try {
    await processes.replaceAll('SIGKILL', 'refuses');
    await waitUntil(async () => (await letters()) > before, EFFECT_LIMIT_MS);
    await pause(random.below(STANDS_MS));
  } finally {
    await processes.replaceAll('SIGTERM');
  }
  await patiently(() => refreshed(world, index));
  const refused = (await patiently(letters)) - before;
  const { stdout } = await processes.run('worker', ['replay', '--json']);
  const replayed = /"letters": ?(\d+)/.exec(stdout)?.[1];
  return refused > 0 && replayed !== undefined ? `${refused} letters, ${replayed} replayed` : undefined;
}

async function readAgain(world: FaultWorld): Promise<string | undefined> {
  const { past, processes, random } = world;
  const from = past.from + SECOND * random.below((past.to - past.from) / SECOND - 10);
  const to = from + SECOND * (3 + random.below(40));
  const { stdout } = await processes.run('worker', [
    'backfill',
    SOURCE,
    '--from',
    iso(from),
    '--to',
    iso(Math.min(to, past.to)),
    '--json',
  ]);
  const pass = /"stream": ?"[^"]*\/(backfill-[\w-]+)"/.exec(stdout)?.[1] as Pass | undefined;
  if (pass === undefined) return undefined;
  const reads = await waitUntil(async () => (await windowsOf(world, pass)) > 0, EFFECT_LIMIT_MS);
  return reads ? `${iso(from)} and ${(to - from) / SECOND} s from there` : undefined;
}

export const changes: readonly Fault[] = [
  { name: 'settle-list-changed', strike: settleList },
  { name: 'filter-changed', strike: filter },
  { name: 'retention-changed', strike: retention },
  { name: 'checkpoints-set-back', strike: setCheckpointsBack },
  { name: 'ledger-set-back', strike: setLedgerBack },
  { name: 'refused-and-replayed', strike: refuse },
  { name: 'part-read-again', strike: readAgain },
];
