/** What makes documents of records, and writes them, for a source of a tenant. */
import { createExactWriter } from '../adapters/elasticsearch/exact-writer.ts';
import { createBulkWriter } from '../adapters/elasticsearch/bulk.ts';
import { DEAD_LETTERS, LEDGER, streamName } from '../adapters/elasticsearch/names.ts';
import { requireTemplates } from '../adapters/elasticsearch/setup.ts';
import type { Preparation } from '../core/documents/prepare.ts';
import type { Stream } from '../core/stream.ts';
import type { DocumentWriter } from '../core/collecting/writer.ts';
import type { Runtime, TenantSource } from './runtime.ts';

/** The data stream that a source writes to. */
export function dataStreamOf({ config }: Pick<Runtime, 'config'>, { definition }: Pick<TenantSource, 'definition'>) {
  return { type: definition.dataStream.type, dataset: definition.name, namespace: config.namespace };
}

export const dataStreamNameOf = (runtime: Pick<Runtime, 'config'>, source: Pick<TenantSource, 'definition'>): string =>
  streamName(dataStreamOf(runtime, source), runtime.config.namespace);

export function preparationOf(runtime: Runtime, source: TenantSource, stream: Stream): Preparation<unknown> {
  const { instance, tenant } = source;
  return {
    stream,
    source: instance.source,
    organizationName: tenant.name,
    dataStream: dataStreamOf(runtime, source),
    keepOriginal: instance.keepOriginal,
    redactor: runtime.redactor,
    now: Date.now,
  };
}

/** Resolves where this data stream's documents, their letters and entries would be taken. @throws DestinationUnavailableError */
export async function probeWrites({ config, elasticsearch: client }: Runtime, dataStream: string): Promise<void> {
  const own = [DEAD_LETTERS, LEDGER].map((stream) => streamName(stream, config.namespace));
  await Promise.all([dataStream, ...own].map((index) => createBulkWriter({ client, index }).probe()));
}

/** One writer for each data stream, by source. */
export function documentWriters(runtime: Runtime): ReadonlyMap<string, DocumentWriter> {
  const { config, definitions, elasticsearch: client } = runtime;
  return new Map(
    definitions.map((definition) => [
      definition.name,
      createExactWriter({
        client,
        index: dataStreamNameOf(runtime, { definition }),
        onRequest: (bulk) => runtime.metrics.indexed({ dataset: definition.name, ...bulk }),
        beforeCreation: () => requireTemplates(client, [definition], config.namespace),
      }),
    ]),
  );
}
