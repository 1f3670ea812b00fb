/** `prove`: the evidence for a stretch, as one would show it to an auditor. */
import type { Command } from 'commander';
import { documentsOf } from '../elasticsearch/evidence.ts';
import { DEAD_LETTERS, streamName } from '../elasticsearch/names.ts';
import { preparer } from '../pipeline/prepare.ts';
import type { ReadEntry } from '../pipeline/ledger.ts';
import { coverageOf } from '../pipeline/proof.ts';
import { iso, type Span } from '../pipeline/spans.ts';
import { streamKey, type Pass } from '../pipeline/stream.ts';
import { createBudget } from '../queue/budget.ts';
import { dataStreamOf, preparationOf } from '../runtime/preparation.ts';
import { sourceKey, type Runtime, type TenantSource } from '../runtime/runtime.ts';
import { sourceDefinitions } from '../sources/index.ts';
import { chooseSource, instantOf, isoTime } from './choose-source.ts';
import { colors, print, printJson, table, tell } from './terminal.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';

type ProveOptions = CommonOptions & {
  readonly from: string;
  readonly to: string;
  readonly tenant?: string;
  readonly recount?: boolean;
  readonly json?: boolean;
};

/** Distinct ids in Elasticsearch with the time of each, and how many documents there are beyond them. */
async function storedIds(
  runtime: Runtime,
  source: TenantSource,
  { from, to }: Span,
  streams: string,
): Promise<{ timeById: Map<string, number>; doubles: string[] }> {
  const index = streamName(dataStreamOf(runtime, source), runtime.config.namespace);
  const filter = [
    { range: { '@timestamp': { gte: iso(from), lt: iso(to) } } },
    { prefix: { 'shenji.stream': streams } },
  ];
  const timeById = new Map<string, number>();
  const doubles: string[] = [];
  if (!(await runtime.elasticsearch.indices.exists({ index }))) return { timeById, doubles };
  // What was written a moment ago is seen at once; a role that may not refresh sees it a second later.
  await runtime.elasticsearch.indices.refresh({ index }, { ignore: [403] });
  for await (const { id, source: document } of documentsOf<{ '@timestamp': string }>(
    runtime.elasticsearch,
    index,
    filter,
    ['@timestamp'],
  )) {
    if (timeById.has(id)) doubles.push(id);
    timeById.set(id, Date.parse(document['@timestamp']));
  }
  return { timeById, doubles };
}

async function deadLettersIn(
  { elasticsearch, config }: Runtime,
  { tenant, definition }: TenantSource,
  { from, to }: Span,
): Promise<number> {
  const filter = [
    { term: { 'event.kind': 'pipeline_error' } },
    { term: { 'shenji.window.tenant': tenant.id } },
    { term: { 'shenji.window.source': definition.name } },
    { range: { 'shenji.window.from': { lt: iso(to) } } },
    { range: { 'shenji.window.to': { gt: iso(from) } } },
  ];
  const index = streamName(DEAD_LETTERS, config.namespace);
  return (await elasticsearch.count({ index, ignore_unavailable: true, query: { bool: { filter } } })).count;
}

/** Asks the vendor again: the ids that its answer makes inside the stretch, and how many records make none. */
async function vendorIds(
  runtime: Runtime,
  source: TenantSource,
  span: Span,
): Promise<{ ids: Set<string>; unmappable: number }> {
  const stream = { tenant: source.tenant.id, source: source.definition.name, pass: 'live' } as const;
  const prepare = preparer(preparationOf(runtime, source, stream));
  const context = {
    log: runtime.log,
    signal: new AbortController().signal,
    budget: createBudget(runtime.redis, runtime.prefix, 2),
    pass: stream.pass,
  };
  const ids = new Set<string>();
  let unmappable = 0;
  let pages = 0;
  for await (const { records } of source.made.source.fetchPages(
    { from: new Date(span.from), to: new Date(span.to) },
    context,
  )) {
    pages += 1;
    if (pages % 50 === 0) tell(`asked the vendor for ${pages} pages, ${ids.size} events so far`);
    for (const raw of records) {
      const prepared = prepare(raw);
      if (prepared.kind === 'unmappable') unmappable += 1;
      else if (prepared.time >= span.from && prepared.time < span.to) ids.add(prepared.id);
    }
  }
  return { ids, unmappable };
}

type Evidence = {
  readonly events: number;
  readonly doubles: number;
  readonly windows: number;
  readonly uncovered: readonly Span[];
  readonly accepted: readonly ReadEntry[];
  readonly differing: readonly (Span & { readonly claimed: number; readonly stored: number })[];
  readonly timeById: ReadonlyMap<string, number>;
};

/** Claims beside what is stored, for entries whose passes find the same records. */
async function weigh(
  runtime: Runtime,
  source: TenantSource,
  span: Span,
  entries: readonly ReadEntry[],
  streams: string,
): Promise<Evidence> {
  const { uncovered, accepted, claims } = coverageOf(entries, span);
  // Claims are about whole windows, which may reach beyond the stretch.
  const hull = {
    from: Math.min(span.from, ...claims.map(({ from }) => from)),
    to: Math.max(span.to, ...claims.map(({ to }) => to)),
  };
  const { timeById, doubles } = await storedIds(runtime, source, hull, streams);
  const times = [...timeById.values()];
  const within = ({ from, to }: Span): number => times.filter((time) => time >= from && time < to).length;
  const compared = claims.map((claim) => ({
    from: claim.from,
    to: claim.to,
    claimed: claim.counts.events,
    stored: within(claim),
  }));
  const differing = compared.filter(({ claimed, stored }) => claimed !== stored);
  return {
    events: within(span),
    doubles: doubles.length,
    windows: claims.length,
    uncovered,
    accepted,
    differing,
    timeById,
  };
}

/** One weighing for all passes of a log; one for each where a later reading makes documents of its own. */
async function weighAll(
  runtime: Runtime,
  source: TenantSource,
  span: Span,
  entries: readonly ReadEntry[],
): Promise<Evidence[]> {
  const { tenant, definition, made } = source;
  if (made.source.passesShareRecords) return [await weigh(runtime, source, span, entries, `${tenant.id}/`)];
  const passes = [...new Set<Pass>(['live', ...entries.map(({ pass }) => pass)])];
  return Promise.all(
    passes.map((pass) =>
      weigh(
        runtime,
        source,
        span,
        entries.filter((entry) => entry.pass === pass),
        streamKey({ tenant: tenant.id, source: definition.name, pass }),
      ),
    ),
  );
}

async function prove(runtime: Runtime, source: TenantSource, span: Span, recount: boolean) {
  const entries = await runtime.ledger.entries(source.tenant.id, source.definition.name, span);
  const weighed = await weighAll(runtime, source, span, entries);
  // What a later reading has not reached yet is no gap: the first one, live, is what has to cover the stretch.
  const uncovered = weighed[0]?.uncovered ?? [span];
  const sum = (of: (evidence: Evidence) => number): number =>
    weighed.reduce((total, evidence) => total + of(evidence), 0);
  const differing = weighed.flatMap((evidence) => evidence.differing);
  const doubles = sum((evidence) => evidence.doubles);
  const vendor = recount ? await vendorIds(runtime, source, span) : undefined;
  const stored = weighed[0]?.timeById ?? new Map<string, number>();
  const missing = vendor === undefined ? [] : [...vendor.ids].filter((id) => !stored.has(id));
  const inSpan = [...stored].filter(([, time]) => time >= span.from && time < span.to).map(([id]) => id);
  const foreign = vendor === undefined ? [] : inSpan.filter((id) => !vendor.ids.has(id));
  return {
    windows: sum((evidence) => evidence.windows),
    runs: entries.filter(({ status }) => status === 'done').length,
    failedRuns: entries.filter(({ status }) => status === 'failed').length,
    events: sum((evidence) => evidence.events),
    late: entries.reduce((total, { counts }) => total + counts.late, 0),
    deadLetters: await deadLettersIn(runtime, source, span),
    doubles,
    uncovered,
    accepted: weighed.flatMap((evidence) => evidence.accepted),
    differing,
    ...(vendor === undefined
      ? {}
      : { vendor: { events: vendor.ids.size, unmappable: vendor.unmappable, missing, foreign } }),
    proven: [uncovered, differing, missing, foreign].every((list) => list.length === 0) && doubles === 0,
  };
}

type Proof = Awaited<ReturnType<typeof prove>>;

function show(proof: Proof, source: TenantSource, span: Span): void {
  const { vendor } = proof;
  print(colors.bold(`${sourceKey(source)} from ${iso(span.from)} until ${iso(span.to)}`));
  print(
    table(
      ['', ''],
      [
        ['windows, by the ledger', proof.windows],
        ['runs of them, done and failed', `${proof.runs} and ${proof.failedRuns}`],
        ['distinct events in Elasticsearch, by id', proof.events],
        ['of which came late', proof.late],
        ['dead letters', proof.deadLetters],
        ['documents that are there twice', proof.doubles],
        ...(vendor === undefined
          ? []
          : [
              ['events the vendor has now', vendor.events],
              ['of these missing here', vendor.missing.length],
              ['here and not with the vendor', vendor.foreign.length],
              ['records that make no document', vendor.unmappable],
            ]),
      ],
    ),
  );
  for (const { from, to } of proof.uncovered) print(colors.red(`not collected: ${iso(from)} – ${iso(to)}`));
  for (const { from, to, reason, by } of proof.accepted)
    print(colors.yellow(`accepted without data: ${iso(from)} – ${iso(to)} by ${by}: ${reason}`));
  for (const { from, to, claimed, stored } of proof.differing)
    print(colors.red(`${iso(from)} – ${iso(to)}: the ledger claims ${claimed} events, Elasticsearch holds ${stored}`));
  print(
    proof.proven
      ? colors.green('proven: every second was collected, and every event is there once')
      : colors.red('NOT PROVEN'),
  );
}

export function registerProve(program: Command): void {
  withConfigOption(program.command('prove').summary('the evidence that a stretch is complete'))
    .description(
      'Sets what the ledger claims about a stretch beside what Elasticsearch holds, by id; with --recount also beside what the vendor answers now.\nLeaves with 1 where they differ, or where a second was not collected. What retention has deleted can no longer be proven.',
    )
    .argument('<source>', `one of: ${sourceDefinitions.map((definition) => definition.name).join(', ')}`)
    .requiredOption('--from <iso>', "first instant, ISO 8601; without a zone it is the tenant's", isoTime)
    .requiredOption('--to <iso>', 'first instant after it', isoTime)
    .option('--tenant <id>', 'whose; needed where several tenants have the source')
    .option('--recount', 'ask the vendor again and compare ids')
    .option('--json', 'print one JSON document')
    .action((name: string, options: ProveOptions) =>
      withRuntime(options, 'warn', async (runtime) => {
        const source = chooseSource(runtime, name, options.tenant);
        const span = { from: instantOf(source, options.from), to: instantOf(source, options.to) };
        if (span.from >= span.to) throw new RangeError(`--from ${options.from} must lie before --to ${options.to}`);
        const proof = await prove(runtime, source, span, options.recount === true);
        if (options.json === true)
          printJson({ source: name, tenant: source.tenant.id, from: iso(span.from), to: iso(span.to), ...proof });
        else show(proof, source, span);
        if (!proof.proven) process.exitCode = 1;
      }),
    );
}
