/** What must be in Elasticsearch, by the simulator's own list, and what is. */
import { DateTime } from 'luxon';
import { documentsOf } from '../../adapters/elasticsearch/evidence.ts';
import { DEAD_LETTERS, streamName } from '../../adapters/elasticsearch/names.ts';
import type { StreamState } from '../../core/planning/stream-state.ts';
import { settleDelayMs } from '../../sdk/pass.ts';
import { dayGrid } from '../../sdk/grid.ts';
import type { Runtime, TenantSource } from '../../app/runtime.ts';
import type { Simulator } from '../simulator/index.ts';

const DAY = 86_400_000;

/** Names of records, as both sides know them. */
export type Comparison = {
  readonly expected: number;
  readonly inElasticsearch: number;
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly twice: readonly string[];
  readonly deadLetters: { readonly expected: number; readonly found: number };
};

function compare(expected: readonly string[], found: readonly string[]): Omit<Comparison, 'deadLetters'> {
  const wanted = new Set(expected);
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const name of found) {
    if (seen.has(name)) twice.push(name);
    seen.add(name);
  }
  return {
    expected: wanted.size,
    inElasticsearch: found.length,
    missing: [...wanted].filter((name) => !seen.has(name)),
    unexpected: [...seen].filter((name) => !wanted.has(name)),
    twice,
  };
}

/** Streams of DingTalk are expected day by day, each in the reading of its pass. */
function expectedFigures(simulator: Simulator, { tenant }: TenantSource, states: readonly StreamState[]): string[] {
  const grid = dayGrid(tenant.timeZone);
  return states.flatMap(({ stream, origin, dueUntil }) => {
    const reading = `D-${1 + (settleDelayMs(stream.pass, []) ?? 0) / DAY}`;
    const names: string[] = [];
    for (let day = grid.startOf(origin); day < dueUntil; day = grid.next(day)) {
      const statDate = DateTime.fromMillis(day, { zone: tenant.timeZone }).toFormat('yyyyMMdd');
      const { stat_date: _day, corp_id: _corp, ...figures } = simulator.truth.figures('reportData', statDate);
      names.push(...Object.keys(figures).map((key) => `${statDate}/${key}/${reading}`));
    }
    return names;
  });
}

type AuditSource = { event: { id: string } };
type FigureSource = {
  dingtalk: { report: { stat_date: string; reading: string; kpi: { id: string; period: string } } };
};

async function namesIn(runtime: Runtime, source: TenantSource): Promise<string[]> {
  const { definition, tenant } = source;
  const index = streamName({ type: definition.dataStream.type, dataset: definition.name }, runtime.config.namespace);
  const ofTenant = [{ prefix: { 'shenji.stream': `${tenant.id}/` } }];
  const names: string[] = [];
  const fields = ['event.id', 'dingtalk.report'];
  for await (const { source: document } of documentsOf<AuditSource & FigureSource>(
    runtime.elasticsearch,
    index,
    ofTenant,
    fields,
  )) {
    if (definition.name === 'feishu.openapi_audit') names.push(document.event.id);
    else {
      const { stat_date: day, kpi, reading } = document.dingtalk.report;
      names.push(`${day}/${kpi.id}_${kpi.period}/${reading}`);
    }
  }
  return names;
}

async function deadLettersOf(runtime: Runtime, { tenant, definition }: TenantSource): Promise<number> {
  const index = streamName(DEAD_LETTERS, runtime.config.namespace);
  const filter = [
    { term: { 'shenji.window.tenant': tenant.id } },
    { term: { 'shenji.window.source': definition.name } },
  ];
  const { count } = await runtime.elasticsearch.count({ index, ignore_unavailable: true, query: { bool: { filter } } });
  return count;
}

/** Compares by id, both ways. `states` say which time range each stream has to have covered. */
export async function compareWithTruth(
  runtime: Runtime,
  source: TenantSource,
  simulator: Simulator,
  states: readonly StreamState[],
): Promise<Comparison> {
  const isAudit = source.definition.name === 'feishu.openapi_audit';
  const records = isAudit ? simulator.truth.records : [];
  const expected = isAudit
    ? records.filter(({ storable }) => storable).map(({ id }) => id)
    : expectedFigures(simulator, source, states);
  const found = await namesIn(runtime, source);
  return {
    ...compare(expected, found),
    deadLetters: {
      expected: records.filter(({ storable }) => !storable).length,
      found: await deadLettersOf(runtime, source),
    },
  };
}
