/** One KPI of one day as a document: ECS metric fields beside `dingtalk.report.*`. Pure. */
import { DateTime } from 'luxon';
import { UnmappableRecord } from '../../sdk/errors.ts';
import type { EcsDocument } from '../../sdk/source.ts';

/** A KPI as it was read: the cell of a row, what the answer says of its KPI, and in which reading. */
export type Kpi = {
  readonly dataset: string;
  /** `yyyyMMdd`, a day of the organisation. */
  readonly stat_date: string;
  readonly corp_id?: unknown;
  /** `D-1`, `D-2`, … or the backfill's name: a later reading is a document of its own. */
  readonly reading: string;
  /** `<kpiId>_<period>`, the key in the row. */
  readonly key: string;
  readonly value: unknown;
  readonly meta?: Readonly<Record<string, unknown>>;
};

const ROW_KEYS = new Set(['stat_date', 'corp_id']);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every cell of every row; the keys come from `metaList`, never from the documentation, which contradicts itself. */
export function kpisOf(
  body: Readonly<Record<string, unknown>>,
  dataset: string,
  statDate: string,
  reading: string,
): Kpi[] {
  const rows = Array.isArray(body['dataList']) ? body['dataList'].filter(isRecord) : [];
  const metas = Array.isArray(body['metaList']) ? body['metaList'].filter(isRecord) : [];
  const metaByKey = new Map(metas.map((meta) => [`${String(meta['kpiId'])}_${String(meta['period'])}`, meta]));
  return rows.flatMap((row) =>
    Object.entries(row)
      .filter(([key]) => !ROW_KEYS.has(key))
      .map(([key, value]): Kpi => {
        const meta = metaByKey.get(key);
        return {
          dataset,
          stat_date: statDate,
          corp_id: row['corp_id'],
          reading,
          key,
          value,
          ...(meta === undefined ? {} : { meta }),
        };
      }),
  );
}

/** The start of the KPI's day in the organisation's zone. @throws UnmappableRecord */
export function dayOf(kpi: Kpi, timeZone: string): Date {
  const day = DateTime.fromFormat(kpi.stat_date, 'yyyyMMdd', { zone: timeZone });
  if (!day.isValid) throw new UnmappableRecord(`stat_date "${kpi.stat_date}" is no day`);
  return day.toJSDate();
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value).toWellFormed() : undefined;

/** A number, a numeric text, or undefined for null. @throws UnmappableRecord */
function numberOf(value: unknown): number | undefined {
  if (value === null) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new UnmappableRecord(`the value ${JSON.stringify(value)?.slice(0, 100)} is no number`);
}

/** Kpi id and period, from the answer's metadata, else from the key itself. */
function kpiOf({ key, meta }: Kpi): Record<string, string> {
  const split = /^(.*)_([^_]+)$/.exec(key);
  const fields = {
    id: textOf(meta?.['kpiId']) ?? split?.[1] ?? key,
    period: textOf(meta?.['period']) ?? split?.[2],
    name: textOf(meta?.['kpiName']),
    unit: textOf(meta?.['unit']),
    caliber: textOf(meta?.['kpiCaliber']),
  };
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
}

export function mapKpi(kpi: Kpi, timeZone: string): EcsDocument {
  const value = numberOf(kpi.value);
  const corp = textOf(kpi.corp_id);
  return {
    '@timestamp': dayOf(kpi, timeZone).toISOString(),
    event: { kind: 'metric', provider: 'dingtalk' },
    metricset: { name: kpi.dataset },
    observer: { vendor: 'DingTalk', product: 'Data center statistics' },
    dingtalk: {
      report: {
        stat_date: kpi.stat_date,
        dataset: kpi.dataset,
        reading: kpi.reading,
        ...(corp === undefined ? {} : { corp_id: corp }),
        kpi: kpiOf(kpi),
        ...(value === undefined ? {} : { value }),
      },
    },
  };
}
