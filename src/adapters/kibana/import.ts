/**
 * Brings data views, dashboards, saved searches, hunts, a map and rules into Kibana, by its own import APIs. Saved objects
 * are ours and are replaced; a rule that somebody has changed is theirs and stays; no rule is ever switched on.
 */
import { createHash } from 'node:crypto';
import type { Rule } from './rule.ts';
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
  /** Why it was left alone, or what went wrong and what to do. */
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

const CONTENT_TAG = 'shenji:content-';

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

/** What a rule says, without what a user switches: the same for Kibana's copy as for ours, unless somebody has edited it. */
export function contentOf(rule: Partial<Rule> & Readonly<Record<string, unknown>>): string {
  const said = [
    'name', 'description', 'type', 'query', 'index', 'from', 'interval', 'severity', 'risk_score', 'note', 'false_positives',
    'timestamp_override', 'new_terms_fields', 'history_window_start',
  ].map((key) => rule[key] ?? null); // prettier-ignore
  const { field = [], value = 0, cardinality = [] } = rule.threshold ?? {};
  const text = JSON.stringify([...said, [field].flat(), value, cardinality.map((item) => [item.field, item.value])]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

type Existing = Rule & { readonly actions?: unknown; readonly exceptions_list?: unknown };

/** What to send for a rule, or why it stays as it is. */
function decide(rule: Rule, existing: Existing | undefined, overwrite: boolean): { send?: object; reason?: string } {
  const content = contentOf(rule);
  const tags = [...rule.tags, `${CONTENT_TAG}${content}`];
  if (existing === undefined) return { send: { ...rule, tags, enabled: false } };
  const imported = existing.tags.find((tag) => tag.startsWith(CONTENT_TAG))?.slice(CONTENT_TAG.length);
  const now = contentOf(existing);
  if (now === content && imported === content) return { reason: 'it is as it should be' };
  if (now !== imported && !overwrite)
    return { reason: 'somebody has changed it; --overwrite-rules replaces it by ours' };
  // Whether it is switched on, whom it tells and what it leaves out is the user's.
  const { enabled, actions = [], exceptions_list: exceptions = [] } = existing;
  return { send: { ...rule, tags, enabled, actions, exceptions_list: exceptions } };
}

/** `rules`: with the organisation's own values filled in. One entry for each. @throws KibanaError */
export async function importRules(kibana: Kibana, rules: readonly Rule[], overwrite: boolean): Promise<Imported[]> {
  const decided: { rule: Rule; existed: boolean; send?: object; reason?: string }[] = [];
  for (const rule of rules) {
    const { status, body } = await kibana.get(`/api/detection_engine/rules?rule_id=${rule.rule_id}`);
    if (status !== 200 && status !== 404)
      throw new KibanaError(
        `Kibana does not show its rules: ${status} ${(body as { message?: string }).message ?? ''}`,
      );
    const existing = status === 200 ? (body as Existing) : undefined;
    decided.push({ rule, existed: existing !== undefined, ...decide(rule, existing, overwrite) });
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
  return decided.map(({ rule, existed, send, reason }): Imported => {
    const what = { kind: 'rule', name: rule.name } as const;
    const failed = errors.find((error) => error.rule_id === rule.rule_id);
    if (failed !== undefined) return { ...what, change: 'failed', reason: failed.error.message };
    if (send === undefined) return { ...what, change: 'left alone', ...(reason === undefined ? {} : { reason }) };
    return { ...what, change: existed ? 'updated' : 'created' };
  });
}
