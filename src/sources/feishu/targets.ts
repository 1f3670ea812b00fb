/** What a call was about: the ids in its path, query and body, by the API's path template. */
import { memo } from '../../sdk/memo.ts';
import { segmentsOf } from './path.ts';

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

/** What a name says by itself. A bare token names the document of the call's own family. */
const kindOfName = memo((name: string) => ({
  kind:
    name === 'token' || name === 'obj_token'
      ? 'file'
      : (KINDS[name] ?? KINDS[name.replace(/_(?:ids?|tokens?|code|key)$/, '')]),
}));

/** The parameters of a path template, by position. */
const parametersOf = memo((template: string) => {
  const names = segmentsOf(template);
  const parameters = names.flatMap((name, index) => {
    const parameter = /^(?::|\{)([^}]+)\}?$/.exec(name)?.[1];
    return parameter === undefined ? [] : [{ index, parameter }];
  });
  return { length: names.length, parameters };
});

/** Distinct targets in the order in which they are found. */
type Add = (type: string | undefined, id: string) => void;

/** Of these the word for what an API touches is no word for a thing: a chat is not a group, a log has no id. */
const NO_KIND = new Set(['other', 'group', 'audit']);

/** Where no name of the path says what it is, the last is what the API touches. */
function fromPath({ template, path, family, touches }: Call, add: Add): void {
  const { length, parameters } = parametersOf(template);
  if (parameters.length === 0) return;
  const values = segmentsOf(path);
  if (values.length !== length) return;
  const touched = touches === undefined || NO_KIND.has(touches) ? undefined : touches;
  const isNamed = parameters.some(({ parameter }) => kindOfName(parameter).kind !== undefined);
  for (const [at, { index, parameter }] of parameters.entries()) {
    const isOwn = parameter === 'id' || parameter === 'ids';
    const unnamed = isNamed || at < parameters.length - 1 ? undefined : touched;
    const id = values[index] as string;
    if (!id.startsWith(':')) add(kindOfName(parameter).kind ?? unnamed ?? (isOwn ? family : undefined), safeDecode(id));
  }
}

function safeDecode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function fromFields(fields: unknown, family: string | undefined, add: Add): void {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return;
  for (const [name, value] of Object.entries(fields)) {
    const type = name === 'id' ? family : kindOfName(name).kind;
    if (type === undefined) continue;
    for (const id of Array.isArray(value) ? value : [value])
      if ((typeof id === 'string' && id !== '') || typeof id === 'number') add(type, String(id));
  }
}

type Call = {
  readonly template: string;
  readonly path: string;
  readonly family: string | undefined;
  /** What the catalogue says of the API. */
  readonly touches: string | undefined;
  readonly query: unknown;
  readonly payload: unknown;
};

/** Distinct targets, those of the path first, at most 50. `query` and `payload` are the parsed JSON, redacted. */
export function targetsOf(call: Call): readonly Target[] {
  const targets: Target[] = [];
  const add: Add = (type, found) => {
    if (type === undefined || targets.length === MAX_TARGETS) return;
    const id = found.slice(0, 512).toWellFormed();
    if (!targets.some((other) => other.id === id && other.type === type)) targets.push({ type, id });
  };
  fromPath(call, add);
  fromFields(call.query, call.family, add);
  fromFields(call.payload, call.family, add);
  return targets;
}
