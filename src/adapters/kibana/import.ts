/**
 * Brings data views, dashboards, saved searches, hunts, a map and rules into Kibana, by its own import APIs. Saved objects
 * are ours and are replaced; what somebody has changed in a rule is theirs and stays; no rule is ever switched on.
 */
import { asImported, type Rule } from './rule.ts';
import type { Attributes } from './fields.ts';
import { merge, type Merged } from './merge.ts';
import { recordOf, type Existing } from './shipped.ts';
import type { SavedObject } from '../../sdk/kibana.ts';
import { ndjson } from './ndjson.ts';
import { KibanaError, type Kibana } from './client.ts';

/** What Kibana calls a type, and what its users call it. */
const KINDS: Readonly<Record<string, string>> = {
  'index-pattern': 'data view',
  dashboard: 'dashboard',
  search: 'saved search',
  query: 'saved query',
  map: 'map',
  tag: 'tag',
};
export type Imported = {
  readonly change: 'created' | 'updated' | 'left alone' | 'failed';
  /** As users call it. */
  readonly kind: string;
  readonly name: string;
  /** Why it was left alone, what of it was kept, or what went wrong and what to do. */
  readonly reason?: string;
};

type ObjectError = {
  readonly id: string;
  readonly type: string;
  readonly error: {
    readonly type: string;
    readonly message?: string;
    readonly references?: readonly { readonly type: string; readonly id: string }[];
    readonly destinations?: readonly { readonly id: string }[];
  };
};
type ObjectsReply = {
  readonly successResults?: readonly {
    readonly type: string;
    readonly id: string;
    readonly overwrite?: boolean;
    readonly destinationId?: string;
  }[];
  readonly errors?: readonly ObjectError[];
  readonly message?: string;
};
type RulesReply = {
  readonly errors?: readonly {
    readonly rule_id?: string;
    readonly error: { readonly status_code: number; readonly message: string };
  }[];
  readonly message?: string;
};

const SUPPORTED = 'shenji supports Kibana 9';

function explain({ type: kind, error }: ObjectError): string {
  const { type, message = '', references = [], destinations = [] } = error;
  switch (type) {
    case 'missing_references':
      return `it refers to ${references.map((reference) => `${reference.type} ${reference.id}`).join(', ')}, which Kibana does not have`;
    case 'ambiguous_conflict':
      return `there are several copies of it here (${destinations.map(({ id }) => id).join(', ')}); delete all but one, and run setup again`;
    case 'conflict':
      return 'an object with this id lies in another space, or was made by hand; delete it there, or use another space';
    case 'unsupported_type':
      return `this Kibana has no objects of the type "${kind}": the feature is switched off, or it is too old; ${SUPPORTED}`;
    default:
      return message === '' ? type : message;
  }
}

/** A data view's title is its pattern and its name a name; a tag has a name only. */
function nameOf({ id, attributes: { name, title } }: SavedObject): string {
  return typeof name === 'string' ? name : typeof title === 'string' ? title : id;
}

/** One entry for each object. @throws KibanaError where the whole file was refused */
export async function importObjects(kibana: Kibana, objects: readonly SavedObject[]): Promise<Imported[]> {
  const { status, body } = await kibana.upload(
    '/api/saved_objects/_import?overwrite=true',
    'shenji.ndjson',
    ndjson(objects),
  );
  const { successResults = [], errors = [], message = '' } = body as ObjectsReply;
  if (status !== 200) throw new KibanaError(`Kibana refuses the dashboards: ${status} ${message}; ${SUPPORTED}`);
  return objects.map((object): Imported => {
    const { id, type } = object;
    const what = { kind: KINDS[type] ?? type, name: nameOf(object) };
    const failed = errors.find((error) => error.id === id && error.type === type);
    if (failed !== undefined) return { ...what, change: 'failed', reason: explain(failed) };
    const done = successResults.find((result) => result.id === id && result.type === type);
    if (done === undefined)
      return { ...what, change: 'failed', reason: 'Kibana did not say what became of it; import again' };
    const { overwrite, destinationId = id } = done;
    return {
      ...what,
      change: overwrite === true ? 'updated' : 'created',
      ...(destinationId === id ? {} : { reason: `its id here is ${destinationId}: another space has ours` }),
    };
  });
}

type Decision = {
  readonly change: Imported['change'];
  readonly send?: Attributes;
  readonly reason?: string;
};

/** What somebody has changed, and how to have ours. */
function keptIn({ kept, contested, ownTags }: Merged): string | undefined {
  const said = [
    ...(kept.length === 0 ? [] : [`kept: ${kept.join(', ')} (changed here; --overwrite-rules takes ours)`]),
    ...(contested.length === 0 ? [] : [`shenji has changed too: ${contested.join(', ')}`]),
    ...(ownTags.length === 0 ? [] : [`your tags stay: ${ownTags.join(', ')}`]),
  ];
  return said.length === 0 ? undefined : said.join('; ');
}

/** What to send for a rule, or why it stays as it is. */
function decide(rule: Rule, existing: Existing | undefined, overwrite: boolean): Decision {
  if (existing === undefined)
    return { change: 'created', send: { ...asImported(rule), tags: [...rule.tags, recordOf(rule)], enabled: false } };
  // Saved queries are rules over a query that somebody has chosen to load from elsewhere.
  const there: string = existing.type;
  const type = there === 'saved_query' ? 'query' : there;
  if (type !== rule.type) return { change: 'failed', reason: `it is of the type "${type}" here and "${rule.type}" now, which Kibana cannot change: delete it there, and run setup again` }; // prettier-ignore
  const merged = merge(rule, existing, overwrite);
  const reason = keptIn(merged);
  if (merged.send === undefined) return { change: 'left alone', reason: reason ?? 'it is as it should be' };
  return { change: 'updated', send: merged.send, ...(reason === undefined ? {} : { reason }) };
}

/** `rules`: with the organisation's own values filled in. One entry for each. @throws KibanaError */
export async function importRules(kibana: Kibana, rules: readonly Rule[], overwrite: boolean): Promise<Imported[]> {
  const decided: (Decision & { readonly rule: Rule })[] = [];
  for (const rule of rules) {
    const { status, body } = await kibana.get(`/api/detection_engine/rules?rule_id=${rule.rule_id}`);
    if (status !== 200 && status !== 404)
      throw new KibanaError(
        `Kibana does not show its rules: ${status} ${(body as { message?: string }).message ?? ''}`,
      );
    const existing = status === 200 ? (body as Existing) : undefined;
    decided.push({ rule, ...decide(rule, existing, overwrite) });
  }
  const toSend = decided.flatMap(({ send }) => (send === undefined ? [] : [send]));
  let errors: RulesReply['errors'] = [];
  if (toSend.length > 0) {
    const { status, body } = await kibana.upload(
      '/api/detection_engine/rules/_import?overwrite=true',
      'shenji-rules.ndjson',
      ndjson(toSend),
    );
    const reply = body as RulesReply;
    if (status !== 200) throw new KibanaError(`Kibana refuses the rules: ${status} ${reply.message ?? ''}`);
    errors = reply.errors ?? [];
  }
  return decided.map(({ rule, change, reason }): Imported => {
    const what = { kind: 'rule', name: rule.name } as const;
    const refused = errors.find((error) => error.rule_id === rule.rule_id);
    if (refused !== undefined) return { ...what, change: 'failed', reason: refused.error.message };
    return { ...what, change, ...(reason === undefined ? {} : { reason }) };
  });
}
