/** Proves a time range of a source: the use case behind `shenji prove`, also for tests and the breaker. */
import type { UndatedLetter } from '../adapters/elasticsearch/letter-evidence.ts';
import { cureOf, retryOf, type CureContext } from '../core/proof/cure.ts';
import { answers, type StoredDocument } from '../core/proof/evidence.ts';
import type { Asked, DatedLetter, Findings, Missing, Unclear } from '../core/proof/findings.ts';
import { MOST_LISTED, type Place, type Places } from '../core/proof/places.ts';
import { prove as findOut } from '../core/proof/prove.ts';
import type { Uncollected } from '../core/proof/uncollected.ts';
import { verdictOf, type Verdict } from '../core/proof/verdict.ts';
import { subtract, type Interval } from '../core/time/intervals.ts';
import { gridOf, streamKey } from '../core/stream.ts';
import { passDelayMs, type Pass } from '../sdk/pass.ts';
import type { Cadence } from '../sdk/source.ts';
import { backfillCommand } from './attention.ts';
import { proofPorts, type RuntimePorts } from './proof-ports.ts';
import { recount, type Recount } from './recount.ts';
import type { Runtime, TenantSource } from './runtime.ts';

/** `cure`: the reading that will make the time range provable, or the command for it. */
type Curable<T> = Places<T & { readonly cure: string }>;

type AskedAgain = Omit<Recount, 'unread'> & { readonly unread: Curable<{ readonly events: number }> };

export type Proof = Omit<Findings, 'missing' | 'unclear' | 'uncollected' | 'letters'> & {
  readonly verdict: Verdict;
  readonly missing: Curable<Missing>;
  readonly unclear: Curable<Unclear>;
  readonly uncollected: Curable<Uncollected>;
  readonly letters: {
    readonly count: number;
    readonly dated: readonly DatedLetter[];
    readonly undated: readonly UndatedLetter[];
  };
  /** Where the vendor was asked again. */
  readonly vendor: AskedAgain | undefined;
};

export type ProveOptions = {
  /** Also ask the vendor again. */
  readonly recount?: boolean;
  /** Hears how much of the time range has been looked at, in milliseconds of it, and how many events it holds so far. */
  readonly onProgress?: (doing: 'proof' | 'recount', doneMs: number, events: number) => void;
};

function askedOf({ instance, tenant, definition }: TenantSource, span: Interval): Asked {
  const { cadence, readings, question } = instance.source;
  return {
    span,
    question,
    readings,
    indivisible: cadence.indivisible,
    streamOf: (pass) => streamKey({ tenant: tenant.id, source: definition.name, pass }),
  };
}

async function cureContext(runtime: Runtime, source: TenantSource, { failed }: Findings): Promise<CureContext> {
  const { tenant, definition, instance } = source;
  const open = await runtime.checkpoints.list({ tenant: tenant.id, source: definition.name, unfinished: true });
  return {
    failed,
    now: Date.now(),
    standing: open.map(({ stream: { pass }, ...checkpoint }) => ({
      ...checkpoint,
      pass,
      end: checkpoint.end,
      dueAt: dueAtOf(pass, instance.source.cadence),
      quietMs: pass === 'live' ? instance.source.cadence.quietMs : 0,
    })),
    backfill: (span) => backfillCommand(source, span),
  };
}

/** A window is read as a whole, so long after its end. */
function dueAtOf(pass: Pass, cadence: Cadence): (to: number) => number {
  const delayMs = passDelayMs(pass, cadence);
  const grid = gridOf(pass, cadence);
  return (to) => grid.next(grid.startOf(to - 1)) + delayMs;
}

function withCures<T>({ listed, more }: Places<T>, cure: (place: Place<T>) => string): Curable<T> {
  return { listed: listed.map((place) => ({ ...place, cure: cure(place) })), more };
}

/** Where each reading makes documents of its own, another is nothing to it. */
const STANDS_ALONE = 'no other reading changes it, since each makes documents of its own';

function cureUnclear(place: Place<Unclear>, context: CureContext, { instance }: TenantSource): string {
  if (instance.source.readings !== undefined) return retryOf(place, context) ?? STANDS_ALONE;
  return place.wider === undefined ? cureOf(place, context) : askWider(place.wider, context.backfill(place));
}

const askWider = (wider: string, command: string): string =>
  `it was read for ${wider}: configure that again, then run "${command}"`;

/** What brings back what is gone, as long as the vendor has it. */
function cureMissing(place: Place<Missing>, context: CureContext, { instance }: TenantSource): string {
  if (instance.source.readings !== undefined) return STANDS_ALONE;
  const command = context.backfill(place);
  return place.wider === undefined ? command : askWider(place.wider, command);
}

async function lettersIn(span: Interval, ports: RuntimePorts, { letters }: Findings): Promise<Proof['letters']> {
  const undated: UndatedLetter[] = [];
  let { count } = letters;
  for await (const letter of ports.undated(span)) {
    count += 1;
    if (undated.length < MOST_LISTED) undated.push(letter);
  }
  return { count, dated: letters.listed, undated };
}

function askVendor(
  runtime: Runtime,
  source: TenantSource,
  span: Interval,
  ports: RuntimePorts,
  onProgress: (doneMs: number, events: number) => void,
) {
  const { question, readings } = source.instance.source;
  const wanted = { ...question, ...(readings === undefined ? {} : { [readings.field]: [readings.of('live')] }) };
  // A vendor may list a record under an app that its document does not name: it is there, and is not held against the vendor.
  const documents = (window: Interval) => ports.documents(window, Object.keys(wanted));
  const isAsked = (document: StoredDocument): boolean => answers(document, wanted);
  // The vendor's KPIs of now are what a D-1 reading would have made: days that only others have read cannot be compared.
  async function isComparable(window: Interval): Promise<boolean> {
    if (readings === undefined) return true;
    const entries = await ports.entries(window);
    const alike = entries.filter(({ pass, status }) => status === 'done' && readings.of(pass) === readings.of('live'));
    return subtract([window], alike).length === 0;
  }
  return recount(runtime, source, span, { documents, isAsked, isComparable, letters: ports.letters }, onProgress);
}

/** Whether all that was seen is there, and once. */
export const isProven = ({ verdict, crossIndexDuplicates }: Proof): boolean =>
  (verdict === 'complete' || verdict === 'complete but') && crossIndexDuplicates === 0;

/** Holds a few hours of the time range in memory, however long it is. @throws DestinationUnavailableError where an answer is not whole. */
export async function prove(
  runtime: Runtime,
  source: TenantSource,
  span: Interval,
  { recount: isAsked = false, onProgress = () => undefined }: ProveOptions = {},
): Promise<Proof> {
  const ports = proofPorts(runtime, source);
  const found = await findOut(askedOf(source, span), ports, (done, events) => onProgress('proof', done, events));
  const letters = await lettersIn(span, ports, found);
  const vendor = isAsked
    ? await askVendor(runtime, source, span, ports, (done, events) => onProgress('recount', done, events))
    : undefined;
  const context = await cureContext(runtime, source, found);
  return {
    ...found,
    letters,
    vendor: vendor && { ...vendor, unread: withCures(vendor.unread, (place) => cureOf(place, context)) },
    verdict: verdictOf(found, letters.count, vendor),
    missing: withCures(found.missing, (place) => cureMissing(place, context, source)),
    unclear: withCures(found.unclear, (place) => cureUnclear(place, context, source)),
    uncollected: withCures(found.uncollected, (place) => cureOf(place, context)),
  };
}
