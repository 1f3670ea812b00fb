/** For a scheduler: tells Elasticsearch every five minutes how complete each stream is, so that dashboards and rules know. */
import { createCompletenessWriter, itemsOf } from '../adapters/elasticsearch/completeness.ts';
import { requireTemplates } from '../adapters/elasticsearch/setup.ts';
import type { BulkItem } from '../core/collecting/writer.ts';
import { completenessOf } from '../core/planning/completeness.ts';
import { staleMs, type StreamState } from '../core/planning/stream-state.ts';
import { parseDuration } from '../sdk/duration.ts';
import type { SourceDefinition } from '../sdk/definition.ts';
import { passRank } from '../sdk/pass.ts';
import { rulesOf } from './rules/rule.ts';
import type { Silences } from './silence.ts';
import { sourceKey, usedDefinitions, type Runtime, type TenantSource } from './runtime.ts';

/** Often enough for rules that look back half an hour; seldom enough for a thousand tenants. */
const SLOT_MS = 5 * 60_000;

/** How far back each rule looks that goes by the documents of this source, in milliseconds. */
export function lookbacksOf(definition: SourceDefinition): number[] {
  const { name, dataStream } = definition;
  const own = rulesOf([definition]).filter(({ index }) => index.includes(`${dataStream.type}-${name}-*`));
  return own.map(({ from }) => parseDuration(from.replace(/^now-/, '')) ?? 0).filter((lookbackMs) => lookbackMs > 0);
}

export type Telling = {
  /** How the streams of a source stand by a plan of this moment. */
  note(source: TenantSource, states: readonly StreamState[]): void;
  /** Makes what is due to be told of this source; also where it could not be planned, so that its lag grows visibly. */
  take(source: TenantSource): void;
  /** Sends what was made. Never rejects. */
  send(signal: AbortSignal): Promise<void>;
};

type Noted = { readonly states: readonly StreamState[]; readonly at: number };

export function createTelling(
  runtime: Runtime,
  silences: Pick<Silences, 'known'>,
  now: () => number = Date.now,
): Telling {
  const { config, elasticsearch, log, scrub } = runtime;
  const definitions = usedDefinitions(runtime);
  const lookbacks = new Map(definitions.map((definition) => [definition.name, lookbacksOf(definition)]));
  const write = createCompletenessWriter(elasticsearch, config.namespace);
  const noted = new Map<string, Noted>();
  const toldIn = new Map<string, number>();
  let waiting: BulkItem[] = [];
  let isReady = false;

  function itemsFor(source: TenantSource, { states, at }: Noted, slot: number): BulkItem[] {
    const { tenant, definition, instance } = source;
    const silence = silences.known(source);
    const judging = {
      staleMs: staleMs(at, now()),
      maxLagMs: instance.maxLagMs,
      lookbacksMs: lookbacks.get(definition.name) ?? [],
      isSilent: silence?.isTooLong === true,
    };
    const standing = states.filter(({ stream }) => passRank(stream.pass) < 2);
    return standing.flatMap((state) => {
      const { stream, gaps } = state;
      const completeness = stream.pass === 'live' ? completenessOf(state, judging) : undefined;
      const told = { stream, tenantName: tenant.name, at: now(), gaps, completeness, lastEvent: silence?.lastEvent };
      return itemsOf(told, slot, config.namespace);
    });
  }

  return {
    note: (source, states) => void noted.set(sourceKey(source), { states, at: now() }),
    take: (source) => {
      const name = sourceKey(source);
      const slot = Math.floor(now() / SLOT_MS) * SLOT_MS;
      const known = noted.get(name);
      if (known === undefined || toldIn.get(name) === slot) return;
      toldIn.set(name, slot);
      waiting.push(...itemsFor(source, known, slot));
    },
    send: async (signal) => {
      const items = waiting;
      waiting = [];
      if (items.length === 0) return;
      try {
        // Without its template Elasticsearch would map the documents as it likes.
        if (!isReady) await requireTemplates(elasticsearch, definitions, config.namespace);
        isReady = true;
        await write(items, signal);
      } catch (error) {
        if (!signal.aborted)
          log.warn(`how complete the streams are could not be told, and is told anew in five minutes: ${scrub((error as Error).message)}`); // prettier-ignore
      }
    },
  };
}
