/** Where a proof gets its evidence: ledger, documents and dead letters of one source of one tenant. */
import { setTimeout as pause } from 'node:timers/promises';
import { orUnavailable, wholeAnswer } from '../adapters/elasticsearch/client.ts';
import { documentsByTime, within } from '../adapters/elasticsearch/evidence.ts';
import { refreshedAfterMs } from '../adapters/elasticsearch/refresh-interval.ts';
import { createLetterEvidence, type LetterEvidence } from '../adapters/elasticsearch/letter-evidence.ts';
import { DEAD_LETTERS, streamName } from '../adapters/elasticsearch/names.ts';
import type { ProofPorts } from '../core/proof/prove.ts';
import { dataStreamNameOf } from './preparation.ts';
import type { Runtime, TenantSource } from './runtime.ts';

export type RuntimePorts = ProofPorts & Pick<LetterEvidence, 'undated'>;

/** By how much the clocks of workers may differ. */
const CLOCKS_MS = 60_000;

export function proofPorts(runtime: Runtime, source: TenantSource): RuntimePorts {
  const { elasticsearch, config, ledger } = runtime;
  const { tenant, definition } = source;
  const index = dataStreamNameOf(runtime, source);
  const deadLetters = streamName(DEAD_LETTERS, config.namespace);
  const letters = createLetterEvidence(elasticsearch, config.namespace, { tenant: tenant.id, source: definition.name });
  const ofTenant = [{ prefix: { 'shenji.stream': `${tenant.id}/` } }];

  // Asked once for a proof, of a role that may not refresh.
  let waiting: Promise<number> | undefined;

  /** What was written before these entries, or marks of a replay, is seen by searches. */
  async function refresh(entries: readonly { readonly at: number }[]): Promise<void> {
    const names = { index: [index, deadLetters], ignore_unavailable: true };
    const done = await wholeAnswer('refreshing', elasticsearch.indices.refresh(names, { ignore: [403] }));
    const mayNot = done._shards === undefined;
    if (!mayNot) return;
    waiting ??= refreshedAfterMs(elasticsearch, names);
    const waitMs = await waiting;
    if (entries.some(({ at }) => at > Date.now() - CLOCKS_MS - waitMs)) await pause(waitMs);
  }

  return {
    entries: async (span) => {
      const entries = await ledger.entries(tenant.id, definition.name, span);
      await refresh(entries);
      return entries;
    },
    documents: async function* (span, fields) {
      if (!(await orUnavailable(`looking for ${index}`, elasticsearch.indices.exists({ index })))) return;
      yield* documentsByTime(elasticsearch, index, [within([span]), ...ofTenant], fields);
    },
    letters: letters.dated,
    replays: async (span) => {
      const replays = await letters.replayed(span);
      // A mark is written after its document, in another stream, and may be seen first.
      if (replays.length > 0) await refresh(replays);
      return replays;
    },
    undated: letters.undated,
  };
}
