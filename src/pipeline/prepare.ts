/** Makes of one record what the writer takes: a document with its id, or the reason why there is none. */
import { EcsVersion } from '@elastic/ecs';
import type { EcsDocument, Source } from '../source.ts';
import { documentId } from './document-id.ts';
import type { Redactor } from './redact.ts';
import { passKind, streamKey, type Stream } from './stream.ts';

export type Preparation<Raw> = {
  readonly stream: Stream;
  readonly source: Source<Raw>;
  readonly organizationName: string;
  readonly dataStream: { readonly type: string; readonly dataset: string; readonly namespace: string };
  /** Whether the redacted record itself is kept in `event.original`. */
  readonly keepOriginal: boolean;
  readonly redactor: Redactor;
  readonly now: () => number;
};

/** `original` is the redacted record as JSON; `time` in epoch milliseconds; `line` the document as one line of JSON. */
export type Prepared =
  | {
      readonly kind: 'document';
      readonly id: string;
      readonly time: number;
      readonly line: string;
      readonly original: string;
    }
  | { readonly kind: 'unmappable'; readonly reason: string; readonly original: string };

/** The fields that every document has, whatever its source. */
function finish<Raw>(document: EcsDocument, original: string, preparation: Preparation<Raw>): string {
  const { stream, dataStream, organizationName, keepOriginal } = preparation;
  const now = new Date(preparation.now()).toISOString();
  const event = {
    ...(document['event'] as object | undefined),
    module: stream.source.split('.')[0],
    dataset: stream.source,
    created: now,
    ingested: now,
    ...(keepOriginal ? { original } : {}),
  };
  return JSON.stringify({
    ...document,
    event,
    ecs: { version: EcsVersion },
    data_stream: dataStream,
    organization: { id: stream.tenant, name: organizationName, ...(document['organization'] as object | undefined) },
    shenji: { pass: passKind(stream.pass), stream: streamKey(stream) },
  });
}

/** Never throws: whatever goes wrong is the record's own fault and must not cost the others of its window. */
export function prepare<Raw>(raw: Raw, preparation: Preparation<Raw>): Prepared {
  const { stream, source, redactor } = preparation;
  let original = '';
  try {
    const redacted = redactor.value(raw, source.plainKeys(raw));
    original = JSON.stringify(redacted).toWellFormed();
    const time = source.timeOf(raw);
    const id = documentId(stream.tenant, stream.source, source.idOf(raw), time);
    return {
      kind: 'document',
      id,
      time: time.getTime(),
      line: finish(source.toDocument(redacted), original, preparation),
      original,
    };
  } catch (error) {
    return {
      kind: 'unmappable',
      reason: redactor.text((error as Error).message),
      original: original === '' ? redactor.text(String(raw)) : original,
    };
  }
}
