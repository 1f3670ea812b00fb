/** Makes of one record what the writer takes: a document with its id, or the reason why there is none. */
import { ECS_VERSION } from './ecs.ts';
import type { EcsDocument, Source } from '../../sdk/source.ts';
import { messageOf, UnmappableRecord } from '../../sdk/errors.ts';
import { documentId, hashId } from '../../sdk/document-id.ts';
import type { DatedId } from '../proof/evidence.ts';
import { memo } from '../../sdk/memo.ts';
import { createRedactor, type Redactor } from './redact.ts';
import { mayBeTooLong, shorten } from './shorten.ts';
import { passKind, readsHistory } from '../../sdk/pass.ts';
import { streamKey, type Stream } from '../stream.ts';

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

/** `unreviewed` names the kind of a record that its source has guessed. `fingerprint` tells a record that has no identity from others. `original` gives the redacted record as JSON; `time` in epoch milliseconds; `line` the document as one line of JSON. */
export type Prepared =
  | {
      readonly kind: 'document';
      readonly id: string;
      readonly time: number;
      readonly line: string;
      readonly unreviewed: string | undefined;
      readonly original: () => string;
    }
  | {
      readonly kind: 'unmappable';
      readonly reason: string;
      readonly original: string;
      readonly document: DatedId | undefined;
      readonly fingerprint: string;
    };

/** Written by shenji into every document; a source that writes them too would make a document that says two things. */
const RESERVED: ReadonlySet<string> = new Set(['shenji', 'data_stream', 'ecs', 'toJSON']);

/** What a source says of a record is held to the contract here, so that none of its mistakes costs more than the record. */
function timeIn<Raw>(source: Source<Raw>, raw: Raw): Date {
  const time: unknown = source.timeOf(raw);
  if (!(time instanceof Date) || Number.isNaN(time.getTime()))
    throw new UnmappableRecord(`timeOf gave no time: ${String(time)}`);
  return time;
}

function idIn<Raw>(source: Source<Raw>, raw: Raw): string {
  const id: unknown = source.idOf(raw);
  if (typeof id !== 'string' || id === '') throw new UnmappableRecord('idOf gave no text');
  return id;
}

/** @throws UnmappableRecord where the document is none, lies at another time than the record, or says what shenji says itself */
function checked(document: EcsDocument, time: Date): EcsDocument {
  for (const key of Object.keys(document))
    if (RESERVED.has(key) || key.includes('.'))
      throw new UnmappableRecord(
        `toDocument may not set "${key}": ${RESERVED.has(key) ? 'shenji does' : 'fields are nested, without dots in their names'}`,
      );
  if (Date.parse(document['@timestamp']) !== time.getTime())
    throw new UnmappableRecord(
      `toDocument gave @timestamp ${document['@timestamp']}, and timeOf ${isoOf(time.getTime())}`,
    );
  return document;
}

/** Whatever was sent, also what cannot be written as text. */
function textIn(raw: unknown): string {
  try {
    return String(raw);
  } catch {
    return 'a record that cannot be written down';
  }
}

/** Many documents are made in one millisecond. */
const isoOf = memo((at: number) => new Date(at).toISOString(), 1);

const HALF_HOUR_MS = 30 * 60_000;
/** `2026-06-30T09:30Z`, for an instant of that half hour; the records of a window share few. */
const halfHourOf = memo((halfHour: number) => `${new Date(halfHour * HALF_HOUR_MS).toISOString().slice(0, 16)}Z`, 100);

/** Whatever the operator redacts, the same record has the same fingerprint; what everybody calls a secret is not in it. */
const plainRedactor = createRedactor({ keys: [], mode: 'remove' });

/** Most documents hold their record already, and few are ever asked for it: a batch keeps it once. */
const originalIn = (line: string) => (): string => (JSON.parse(line) as { event: { original: string } }).event.original;
const itself = (text: string) => (): string => text;

/**
 * A function that never throws: whatever goes wrong is the record's own fault and must not cost the others of its window.
 * What every document of the stream has in common is written once, and joined to each as text.
 */
// oxlint-disable-next-line max-lines-per-function -- what all records of a stream share is worked out once, here
export function preparer<Raw>(preparation: Preparation<Raw>): (raw: Raw) => Prepared {
  const { stream, source, redactor, dataStream, organizationName, keepOriginal, now } = preparation;
  const shenji = { pass: passKind(stream.pass), stream: streamKey(stream) };
  // Neither the first brace, since it follows other fields, nor the last two: each document adds its own to `shenji`.
  const openText = JSON.stringify({ ecs: { version: ECS_VERSION }, data_stream: dataStream, shenji }).slice(1, -2);
  const isHistory = readsHistory(stream.pass);
  const module = stream.source.split('.')[0];

  function ownText(document: Readonly<Record<string, unknown>>, original: string | undefined, at: string): string {
    return JSON.stringify({
      ...document,
      event: {
        ...(document['event'] as object | undefined),
        module,
        dataset: stream.source,
        created: at,
        ingested: at,
        original,
      },
      organization: { ...(document['organization'] as object | undefined), id: stream.tenant, name: organizationName },
    });
  }

  /**
   * Rules go by when they can see a document, and count by when it happened: the catch-up after an outage is no burst, and
   * what a backfill reads is no news.
   */
  function sharedText(time: number, at: string, shortened?: readonly string[]): string {
    const ruleTime = isHistory ? new Date(time).toISOString() : at;
    const clocks = `"rule_time":"${ruleTime}","half_hour":"${halfHourOf(Math.floor(time / HALF_HOUR_MS))}"`;
    return `${openText},${clocks}${shortened === undefined ? '' : `,"shortened":${JSON.stringify(shortened)}`}}}`;
  }

  function lineOf(document: EcsDocument, original: string, time: number): string {
    const at = isoOf(now());
    const own = ownText(document, keepOriginal ? original : undefined, at);
    if (mayBeTooLong(own)) {
      const { value, fields } = shorten(document);
      // What was cut is kept in the record itself, also where records are not kept otherwise.
      if (fields.length > 0) return `${ownText(value, original, at).slice(0, -1)},${sharedText(time, at, fields)}`;
    }
    return `${own.slice(0, -1)},${sharedText(time, at)}`;
  }

  function fingerprintOf(raw: Raw): string {
    try {
      return hashId(JSON.stringify(plainRedactor.value(raw, source.plainKeys(raw))).toWellFormed());
    } catch {
      // Deeper than the engine can write down.
      return hashId(plainRedactor.text(textIn(raw)));
    }
  }

  return (raw) => {
    let original = '';
    let document: DatedId | undefined;
    try {
      const { value: redacted, json } = redactor.record(raw, source.plainKeys(raw));
      original = JSON.stringify(redacted).toWellFormed();
      const time = timeIn(source, raw);
      const id = documentId(stream.tenant, stream.source, idIn(source, raw), time);
      document = { id, time: time.getTime() };
      const made = checked(source.toDocument(redacted, json), time);
      const line = lineOf(made, original, time.getTime());
      return {
        kind: 'document',
        id,
        time: time.getTime(),
        line,
        unreviewed: source.unreviewed(made),
        original: keepOriginal ? originalIn(line) : itself(original),
      };
    } catch (error) {
      return {
        kind: 'unmappable',
        reason: redactor.text(messageOf(error)),
        original: original === '' ? redactor.text(textIn(raw)) : original,
        document,
        fingerprint: document?.id ?? fingerprintOf(raw),
      };
    }
  };
}
