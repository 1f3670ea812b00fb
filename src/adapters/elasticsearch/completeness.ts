/** How complete each live stream is, for dashboards and rules: `metrics-shenji.completeness-<namespace>`. */
import { ECS_VERSION } from '../../core/documents/ecs.ts';
import type { BulkItem } from '../../core/collecting/writer.ts';
import type { Completeness } from '../../core/planning/completeness.ts';
import type { Gap } from '../../core/planning/plan.ts';
import { streamKey, type Stream } from '../../core/stream.ts';
import { iso } from '../../core/time/intervals.ts';
import { hashId } from '../../sdk/document-id.ts';
import { createBulkWriter } from './bulk.ts';
import type { Elasticsearch } from './client.ts';
import { COMPLETENESS, streamName } from './names.ts';

/** Of one stream, the newest: neighbours are one gap already. */
const MOST_GAPS = 10;
const LONGEST_REASON = 500;
const MOST_DOCUMENTS = 500;

/** One stream at one moment. `at`: epoch milliseconds. */
export type ToldStream = {
  readonly stream: Stream;
  readonly tenantName: string;
  readonly at: number;
  readonly gaps: readonly Gap[];
  /** Of live streams. */
  readonly completeness: Completeness | undefined;
  /** When the last hour or day began in which anything happened; undefined where that is not known. */
  readonly lastEvent: number | undefined;
};

type Told = Pick<ToldStream, 'stream' | 'tenantName' | 'at'>;

function documentOf({ stream, tenantName, at }: Told, namespace: string, action: string, own: object, span?: object) {
  return {
    '@timestamp': iso(at),
    ecs: { version: ECS_VERSION },
    data_stream: { ...COMPLETENESS, namespace },
    event: { kind: 'state', dataset: COMPLETENESS.dataset, module: 'shenji', action, ingested: iso(Date.now()) },
    organization: { id: stream.tenant, name: tenantName },
    shenji: { window: { stream: streamKey(stream), ...stream, ...span }, completeness: own },
  };
}

export function completenessDocument(told: ToldStream & { completeness: Completeness }, namespace: string): object {
  const { word: state, until, lagMs: lag, missingMs: missing, gaps, rules, blindRules } = told.completeness;
  const lastEvent = told.lastEvent === undefined ? {} : { last_event: iso(told.lastEvent) };
  const own = { state, until: iso(until), lag, missing, gaps, rules, blind_rules: blindRules, ...lastEvent };
  return documentOf(told, namespace, 'stream-completeness', own);
}

function gapDocument(told: Told, { from, to, error, failures, retryAt }: Gap, namespace: string): object {
  const reason = error.slice(0, LONGEST_REASON).toWellFormed();
  const own = { gap: `${iso(from)} ${streamKey(told.stream)}`, reason, failures, retry_at: iso(retryAt) };
  return documentOf(told, namespace, 'stream-gap', own, { from: iso(from), to: iso(to) });
}

/** Ids are of stream and `slot`: several schedulers that tell the same are one document. */
export function itemsOf(told: ToldStream, slot: number, namespace: string): BulkItem[] {
  const { stream, completeness, gaps } = told;
  const item = (document: object, ...more: readonly string[]): BulkItem => ({
    id: hashId(streamKey(stream), iso(slot), ...more),
    document: JSON.stringify(document),
  });
  return [
    ...(completeness === undefined ? [] : [item(completenessDocument({ ...told, completeness }, namespace))]),
    ...gaps.slice(-MOST_GAPS).map((gap) => item(gapDocument(told, gap, namespace), iso(gap.from))),
  ];
}

export type CompletenessWriter = (items: readonly BulkItem[], signal: AbortSignal) => Promise<void>;

/** One request for five hundred documents. Throws `DestinationUnavailableError`. */
export function createCompletenessWriter(client: Elasticsearch, namespace: string): CompletenessWriter {
  // What could not be written is told anew soon enough.
  const writer = createBulkWriter({ client, index: streamName(COMPLETENESS, namespace), tries: 1 });
  return async (items, signal) => {
    for (let at = 0; at < items.length; at += MOST_DOCUMENTS) {
      const outcomes = await writer.write(items.slice(at, at + MOST_DOCUMENTS), signal);
      const refused = outcomes.find((outcome) => outcome.kind === 'rejected');
      // The mapping takes every document that the code above can make.
      if (refused !== undefined) throw new Error(`a state of completeness was refused: ${refused.reason}`);
    }
  };
}
