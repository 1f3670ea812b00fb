/** What a call was about: the ids in its path, query and body, by the API's path template. */
import { memo } from '../../pipeline/memo.ts';

export type Target = { readonly type: string; readonly id: string };

/** Parameter and field names, without `_id` or `_token`, and the kind of thing they name. */
const KINDS: Readonly<Record<string, string>> = {
  // A field called like something that every object has names nothing.
  __proto__: null as never,
  user: 'user', open: 'user', union: 'user', employee: 'user', member: 'user', leader_user: 'user', owner: 'user', users: 'user', members: 'user', user_ids: 'user', id_list: 'user',
  department: 'department', parent_department: 'department', open_department: 'department',
  group: 'group', user_group: 'group', chat: 'chat', receive: 'chat', message: 'message', role: 'role',
  file: 'file', folder: 'folder', doc: 'file', document: 'file', docx: 'file', spreadsheet: 'file', obj: 'file', node: 'file', app_token: 'file', table: 'table', space: 'space', media: 'file', object: 'file', minute: 'file', sheet: 'sheet', record: 'record',
  app: 'app', approval: 'approval', instance: 'approval', instance_code: 'approval', approval_code: 'approval', task: 'task', calendar: 'calendar', event: 'event', meeting: 'meeting', mailgroup: 'mailgroup', user_mailbox: 'mailbox', device: 'device', ticket: 'ticket',
}; // prettier-ignore

const MAX_TARGETS = 50;

const kindOfName = memo((name: string) => ({
  kind: KINDS[name] ?? KINDS[name.replace(/_(?:ids?|tokens?|code|key)$/, '')],
}));

function kindOf(name: string, family: string | undefined): string | undefined {
  // A bare token names the document of the call's own family.
  if (name === 'token' || name === 'obj_token') return 'file';
  if (name === 'id' || name === 'ids') return family;
  return kindOfName(name).kind;
}

/** The parameters of a path template, by position. */
const parametersOf = memo((template: string) => {
  const names = template.split('/').filter((segment) => segment !== '');
  const parameters = names.flatMap((name, index) => {
    const parameter = /^(?::|\{)([^}]+)\}?$/.exec(name)?.[1];
    return parameter === undefined ? [] : [{ index, parameter }];
  });
  return { length: names.length, parameters };
});

function fromPath(template: string, path: string, family: string | undefined): Target[] {
  const { length, parameters } = parametersOf(template);
  if (parameters.length === 0) return [];
  const values = path.split('/').filter((segment) => segment !== '');
  if (values.length !== length) return [];
  return parameters.flatMap(({ index, parameter }) => {
    const type = kindOf(parameter, family);
    const id = values[index];
    return type === undefined || id === undefined || id.startsWith(':') ? [] : [{ type, id: safeDecode(id) }];
  });
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function fromFields(fields: unknown, family: string | undefined): Target[] {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return [];
  return Object.entries(fields).flatMap(([name, value]) => {
    const type = /_id_type$|_type$/.test(name)
      ? undefined
      : (kindOf(name, undefined) ?? (name === 'id' ? family : undefined));
    if (type === undefined) return [];
    const ids = Array.isArray(value) ? value : [value];
    return ids
      .filter((id) => (typeof id === 'string' && id !== '') || typeof id === 'number')
      .map((id) => ({ type, id: String(id) }));
  });
}

/** Distinct targets, those of the path first, at most 50. `query` and `payload` are the parsed JSON, redacted. */
export function targetsOf(call: {
  template: string;
  path: string;
  family: string | undefined;
  query: unknown;
  payload: unknown;
}): Target[] {
  const { template, path, family, query, payload } = call;
  const all = [...fromPath(template, path, family), ...fromFields(query, family), ...fromFields(payload, family)];
  const distinct = new Map(all.map((target) => [`${target.type}/${target.id}`, target]));
  return [...distinct.values()]
    .slice(0, MAX_TARGETS)
    .map(({ type, id }) => ({ type, id: id.slice(0, 512).toWellFormed() }));
}
