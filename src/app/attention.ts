/** What an operator should hear of a source, beside lag and gaps; in the log, in `status` and as a metric. */
import { demandOf, isTooMuch, neededCalls, type Demand } from '../core/planning/demand.ts';
import { many } from '../core/many.ts';
import { describeQuestion } from '../core/proof/question.ts';
import { wideningsOf, type Widening } from '../core/proof/widening.ts';
import { areMostRefused, ENOUGH_RECORDS, refusalsOf, type Refusals } from '../core/planning/refusals.ts';
import { iso } from '../core/time/intervals.ts';
import { sourceKey, type Runtime, type TenantSource } from './runtime.ts';
import { silenceText, type Silences } from './silence.ts';

/** How often a scheduler looks what became of the newest records. */
const LOOK_MS = 60_000;

export const backfillCommand = (
  { tenant, definition }: TenantSource,
  { from, to }: { readonly from: number; readonly to: number },
): string => `shenji backfill ${definition.name} --tenant ${tenant.id} --from ${iso(from)} --to ${iso(to)} --wait`;

export function wideningsFor({ ledger }: Runtime, { tenant, definition, instance }: TenantSource): Promise<Widening[]> {
  const { question, readings } = instance.source;
  return wideningsOf(ledger, { tenant: tenant.id, source: definition.name, question, readings });
}

export const wideningText = (source: TenantSource, widening: Widening): string =>
  `${sourceKey(source)} was collected from ${iso(widening.from)} until ${iso(widening.to)} ${describeQuestion(widening.question)}, and is asked for more since; to read the rest of that time: ${backfillCommand(source, widening)}`;

export async function refusalsFor(
  { ledger }: Runtime,
  { tenant, definition }: TenantSource,
): Promise<Refusals | undefined> {
  return refusalsOf(await ledger.newest(tenant.id, definition.name, ENOUGH_RECORDS));
}

export const refusalText = (source: TenantSource, { records, refused }: Refusals): string =>
  `${refused} of the last ${records} readings of records of ${sourceKey(source)} made no document: "shenji replay --dry-run" counts the reasons`;

/** Windows that each of several apps would have read, if it could: from then on it is no chance that one has read none. */
const ENOUGH_WINDOWS = 5;

/** Of several apps those that have read nothing lately, though it was their turn again and again. */
async function idleAppsFor(
  { ledger }: Runtime,
  { tenant, definition, instance: { apps } }: TenantSource,
): Promise<readonly string[]> {
  if (apps.length < 2) return [];
  const windows = await ledger.askers(tenant.id, definition.name);
  const all = apps.reduce((sum, app) => sum + (windows.get(app) ?? 0), 0);
  const idle = apps.filter((app) => !windows.has(app));
  return all >= ENOUGH_WINDOWS * apps.length && idle.length < apps.length ? idle : [];
}

/** `demand`: undefined where nothing was read lately; its limit is that of the apps that are not `idle`. */
export type Calls = { readonly demand: Demand | undefined; readonly idle: readonly string[] };

export async function callsFor(runtime: Runtime, tenantSource: TenantSource): Promise<Calls> {
  const { tenant, definition, instance } = tenantSource;
  const { apps, callsPerMinute, recordsPerCall, source } = instance;
  const [recent, idle] = await Promise.all([
    runtime.ledger.recentLive(tenant.id, definition.name),
    idleAppsFor(runtime, tenantSource),
  ]);
  const limit = (callsPerMinute * (apps.length - idle.length)) / apps.length;
  return { demand: demandOf(recent, source.cadence, { limit, recordsPerCall }), idle };
}

export const idleAppsText = (source: TenantSource, idle: readonly string[]): string =>
  `${sourceKey(source)}: ${idle.join(', ')} ${idle.length === 1 ? 'has' : 'have'} read nothing in the last hour while the others did: "shenji check" says whether the vendor refuses ${idle.length === 1 ? 'it' : 'them'}`;

export function demandText(source: TenantSource, demand: Demand): string {
  const { settleMs } = source.instance.source.cadence;
  const calls = (count: number): string => String(Math.ceil(count));
  return `${sourceKey(source)} needs ${calls(neededCalls(demand))} calls a minute (live ${calls(demand.live)}, ${many(settleMs.length, 'later reading')} ${calls(demand.later)}), and may make ${demand.limit}: later readings fall behind; ${source.instance.moreCalls}, and each later reading less (settle) saves ${calls(demand.later / Math.max(1, settleMs.length))}`;
}

/** Tells the beginnings of a state from its lasting: true where what is so now was not so at the last call for this name. */
function createOnsets(): (name: string, isSo: boolean) => boolean {
  const lasting = new Set<string>();
  return (name, isSo) => {
    const begins = isSo && !lasting.has(name);
    if (isSo) lasting.add(name);
    else lasting.delete(name);
    return begins;
  };
}

/** For a scheduler: says once what was changed, and each time when most records begin to be refused. Never rejects. */
export function createAttention(
  runtime: Runtime,
  silences: Pick<Silences, 'look'>,
): (source: TenantSource) => Promise<void> {
  const { log, metrics, scrub } = runtime;
  const lookedAt = new Map<string, number>();
  const compared = new Set<string>();
  const areRefused = createOnsets();
  const areOvertaxed = createOnsets();
  const areIdle = createOnsets();
  const areSilent = createOnsets();

  async function sayWhatWasWidened(source: TenantSource, name: string): Promise<void> {
    if (compared.has(name)) return;
    for (const widening of await wideningsFor(runtime, source))
      log.warn({ source: name }, wideningText(source, widening));
    compared.add(name);
  }

  async function sayWhatIsRefused(source: TenantSource, name: string): Promise<void> {
    const refusals = await refusalsFor(runtime, source);
    const share = refusals === undefined ? 0 : refusals.refused / refusals.records;
    metrics.refused({ tenant: source.tenant.id, source: source.definition.name, share });
    const isAlarming = refusals !== undefined && areMostRefused(refusals);
    if (areRefused(name, isAlarming) && refusals !== undefined)
      log.warn({ source: name }, refusalText(source, refusals));
  }

  async function sayWhatIsNeeded(source: TenantSource, name: string): Promise<void> {
    const { demand, idle } = await callsFor(runtime, source);
    metrics.demanded({ tenant: source.tenant.id, source: source.definition.name }, demand);
    if (demand !== undefined && areOvertaxed(name, isTooMuch(demand)))
      log.warn({ source: name }, demandText(source, demand));
    if (areIdle(name, idle.length > 0)) log.warn({ source: name }, idleAppsText(source, idle));
  }

  async function sayWhatIsSilent(source: TenantSource, name: string): Promise<void> {
    const silence = await silences.look(source);
    const isSilent = silence?.isTooLong === true;
    metrics.silent({ tenant: source.tenant.id, source: source.definition.name, isSilent });
    if (areSilent(name, isSilent) && silence !== undefined) log.warn({ source: name }, silenceText(source, silence));
  }

  return async (source) => {
    const name = sourceKey(source);
    if (Date.now() - (lookedAt.get(name) ?? -Infinity) < LOOK_MS) return;
    // Also where it fails: a ledger that is away need not be said to be away at every tick.
    lookedAt.set(name, Date.now());
    try {
      await sayWhatWasWidened(source, name);
      await Promise.all([sayWhatIsRefused, sayWhatIsNeeded, sayWhatIsSilent].map((say) => say(source, name)));
    } catch (error) {
      log.warn(
        `looking at the ledger of ${name} did not succeed and is tried again in a minute: ${scrub((error as Error).message)}`,
      );
    }
  };
}
