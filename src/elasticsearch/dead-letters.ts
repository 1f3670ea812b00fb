/** Records that became no document, kept with the reason and what is left of them after redaction. */
import { EcsVersion } from '@elastic/ecs';
import { hashId } from '../pipeline/document-id.ts';
import type { DeadLetter, DeadLetters } from '../pipeline/dead-letter.ts';
import { streamKey } from '../pipeline/stream.ts';
import { createBulkWriter } from './bulk.ts';
import type { Elasticsearch } from './client.ts';
import { DEAD_LETTERS, streamName } from './names.ts';

/** A record that was refused for its size is cut, so that its dead letter is not refused too. */
const MAX_ORIGINAL = 5_000_000;

function toDocument(letter: DeadLetter, namespace: string): object {
  const { stream, span, reason, original, at } = letter;
  return {
    '@timestamp': new Date(at).toISOString(),
    ecs: { version: EcsVersion },
    data_stream: { ...DEAD_LETTERS, namespace },
    event: {
      kind: 'pipeline_error',
      module: 'shenji',
      dataset: DEAD_LETTERS.dataset,
      outcome: 'failure',
      original: original.slice(0, MAX_ORIGINAL).toWellFormed(),
      ingested: new Date().toISOString(),
    },
    error: { type: letter.type, message: reason.slice(0, 2_000).toWellFormed() },
    organization: { id: stream.tenant },
    shenji: {
      window: {
        stream: streamKey(stream),
        ...stream,
        from: new Date(span.from).toISOString(),
        to: new Date(span.to).toISOString(),
      },
    },
  };
}

/** Ids depend on tenant, source and record alone, so that reading a window again adds no second letter. */
export function createDeadLetters(client: Elasticsearch, namespace: string): DeadLetters {
  const writer = createBulkWriter({ client, index: streamName(DEAD_LETTERS, namespace) });
  return {
    write: async (letters, signal) => {
      const items = letters.map((letter) => ({
        id: hashId(letter.stream.tenant, letter.stream.source, letter.fingerprint),
        source: JSON.stringify(toDocument(letter, namespace)),
      }));
      const outcomes = await writer.write(items, signal);
      const refused = outcomes.find((outcome) => outcome.kind === 'rejected');
      if (refused !== undefined) throw new Error(`a dead letter was refused: ${refused.reason}`);
    },
  };
}
