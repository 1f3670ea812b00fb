/** The fields that shenji writes beside those of a source: into every document, into the ledger, dead letters and checkpoints. */
import type { FieldMapping } from '../../sdk/definition.ts';
import { keyword } from '../../sdk/fields.ts';

export const COMMON_ECS = [
  '@timestamp', 'ecs.version', 'data_stream.type', 'data_stream.dataset', 'data_stream.namespace', 'event.kind',
  'event.module', 'event.dataset', 'event.category', 'event.type', 'event.outcome', 'event.created', 'event.ingested',
  'event.original', 'observer.vendor', 'observer.product', 'organization.id', 'organization.name',
]; // prettier-ignore

export const COMMON_FIELDS: Readonly<Record<string, FieldMapping>> = {
  'shenji.pass': { type: 'keyword', description: 'Why the record was read: live, settle or backfill' },
  'shenji.stream': { type: 'keyword', description: 'The stream that read it: tenant/source/pass' },
  'shenji.rule_time': {
    type: 'date',
    description:
      'The clock of the detection rules: when it was indexed, as event.ingested; but of what a backfill read, when it happened, so that the past is history to them and no news',
  },
  'shenji.half_hour': {
    type: 'keyword',
    description: 'The half hour in which it happened, `2026-06-30T09:30Z` in UTC: rates are counted by it',
  },
  'shenji.shortened': {
    type: 'keyword',
    description: 'Fields whose value was too long for them and was cut; event.original holds all of it',
  },
};

const count = (description: string): FieldMapping => ({ type: 'long', description });
const date = (description: string): FieldMapping => ({ type: 'date', description });

export const WINDOW_FIELDS: Readonly<Record<string, FieldMapping>> = {
  'shenji.window.stream': keyword('The stream: tenant/source/pass'),
  'shenji.window.tenant': keyword('The tenant'),
  'shenji.window.source': keyword('The source'),
  'shenji.window.pass': keyword('Why the window was read'),
  'shenji.window.from': date('First instant of the window'),
  'shenji.window.to': date('First instant after the window'),
};

export const LETTER_FIELDS: Readonly<Record<string, FieldMapping>> = {
  'shenji.reason': keyword('Why no document could be made of the record; as error.message, but countable'),
  'shenji.document.id': keyword('The document that the record would be, or became'),
  'shenji.document.time': date('When it happened'),
  'shenji.replayed.letter': keyword('The letter that became a document, by id'),
};

export const LEDGER_FIELDS: Readonly<Record<string, FieldMapping>> = {
  ...WINDOW_FIELDS,
  'shenji.window.run': keyword('Tells runs of one window apart'),
  'shenji.window.status': keyword(
    'done, failed, accepted (a gap closed without its data), opened (a stream), suspended (a failure from which on nothing of its source is collected) or resumed',
  ),
  'shenji.window.reason': keyword('Why a gap was accepted'),
  'shenji.window.by': keyword('Who accepted it'),
  'shenji.window.requested_by': keyword('Who asked for a backfill'),
  'shenji.window.formers.pass': keyword('The pass whose work a settle pass goes on with'),
  'shenji.window.formers.until': date('Until where that work counts for it'),
  'shenji.window.attempts': count('Attempts of this run'),
  'shenji.window.pages': count('Pages read'),
  'shenji.window.fetched': count('Records read, repeated ones counted each time'),
  'shenji.window.events': count('Distinct documents inside the window'),
  'shenji.window.created': count('Documents created'),
  'shenji.window.duplicates': count('Documents that were there already'),
  'shenji.window.rejected': count('Records that went to the dead letters'),
  'shenji.window.lookups': count('Ids looked up in older indices because of a rollover nearby'),
  'shenji.window.cross_index_duplicates': count(
    'Copies in younger backing indices, after a rollover, that the run came across',
  ),
  'shenji.window.minutes': {
    type: 'keyword',
    index: false,
    doc_values: false,
    description:
      'What the run claims, one text for each minute with events: `+3 118 <sum>` for the fourth minute, with the number of distinct ids and their sum, then those created: none, `=` for all, or number and sum. `<` and `>` stand before what was created outside the window, `*` before a window that cannot be cut',
  },
  'shenji.window.elsewhere': date('Minutes away from the window in which something was created'),
  'shenji.window.read_from': date("The vendor's clock at the first page, less the time until its answer"),
  'shenji.window.read_until': date("The vendor's clock at the last page"),
  'shenji.window.question': {
    type: 'keyword',
    ignore_above: 8_000,
    description: 'What narrowed the reading: fields and their values, as JSON; {} for everything',
  },
  'shenji.window.asker.app': keyword('The app that asked the vendor'),
  'shenji.window.asker.url': keyword('The address that it asked'),
  'shenji.window.lag': count('How long after its end the window was done, in milliseconds'),
  'shenji.window.late': count(
    'Events that only a settle pass found: published after the live pass had read their time',
  ),
  'shenji.window.lateness': count('How long after its time the latest of them was found, in milliseconds'),
  'shenji.window.error.type': keyword('The kind of error'),
  'shenji.window.error.message': keyword('What happened and what to do'),
  'shenji.window.error.retryable': { type: 'boolean', description: 'False where trying again cannot help' },
  'shenji.window.error.details': {
    type: 'flattened',
    description: 'Vendor, API, HTTP status, vendor code, request id',
  },
};

export const COMPLETENESS_FIELDS: Readonly<Record<string, FieldMapping>> = {
  ...WINDOW_FIELDS,
  'shenji.window.from': date('Of a gap: its first instant'),
  'shenji.window.to': date('Of a gap: the first instant after it'),
  'shenji.completeness.state': keyword(
    'The worst that is so: blind (nothing of what some rule looks back over is collected), silent (nothing comes, though usually something does), incomplete (it has gaps), late (its lag is beyond maxLag) or complete',
  ),
  'shenji.completeness.until': date('Nothing before it is missing'),
  'shenji.completeness.lag': count('What could be collected by then and was not, in milliseconds'),
  'shenji.completeness.missing': count('How much was due and missing, wherever it lies, in milliseconds'),
  'shenji.completeness.gaps': count('Time ranges that failed and are not collected'),
  'shenji.completeness.rules': count('Shipped detection rules that go by this stream'),
  'shenji.completeness.blind_rules': count('Those of them that look at nothing: all of their look-back is missing'),
  'shenji.completeness.last_event': date('The last hour (or day) in which anything happened begins here'),
  'shenji.completeness.gap': keyword(
    'Of a gap: where it begins and its stream, by which it can be told from all others',
  ),
  'shenji.completeness.reason': keyword('Of a gap: the last error'),
  'shenji.completeness.failures': count('Of a gap: how often it was tried'),
  'shenji.completeness.retry_at': date('Of a gap: when it is tried again'),
};

export const CHECKPOINT_FIELDS: Readonly<Record<string, { readonly type: string; readonly [option: string]: unknown }>> = {
  stream: { type: 'keyword' }, tenant: { type: 'keyword' }, source: { type: 'keyword' }, pass: { type: 'keyword' },
  origin: { type: 'date' }, end: { type: 'date' }, requested_by: { type: 'keyword' }, watermark: { type: 'date' },
  complete: { type: 'boolean' }, ended: { type: 'date' }, updated: { type: 'date' },
  made_from: { type: 'keyword', index: false, doc_values: false },
  done: { type: 'object', enabled: false }, formers: { type: 'object', enabled: false },
}; // prettier-ignore
