/** What is known of each API: the reviewed table, by method and path. */
import { API_CATALOGUE } from './api-catalogue.ts';
import { identityOf, type Identity } from './identity.ts';
import { isParameter, segmentsOf } from './path.ts';

/** What one API does, as it was reviewed (./api-catalogue.ts says what each word means). */
export type CataloguedApi = {
  readonly action: 'read' | 'create' | 'change' | 'delete';
  /** What is read or changed: user, department, group, role, permission, file, message, …. */
  readonly touches: string;
  readonly givesPower: boolean;
  readonly takesOut: 'item' | 'list' | 'file' | undefined;
  readonly isCredential: boolean;
  readonly isAudit: boolean;
  /** Undefined where it is about no accounts, groups or rights. */
  readonly identity: Identity | undefined;
};

/** By segment, the method first; `:` is any value. */
type Branch = { api?: CataloguedApi; readonly next: Map<string, Branch> };

const ANY = ':';
const branchesOf = (method: string, path: string): string[] => [
  method,
  ...segmentsOf(path.replace(/^\/?open-apis\//, '')).map((segment) => (isParameter(segment) ? ANY : segment)),
];

const MARK = /^(?:power|credential|audit|out:(?:item|list|file)|identity:(?:user|group|none))$/;

/** One line of the table. */
type Line = { readonly method: string; readonly path: string; readonly api: CataloguedApi };

/** @throws where a line of the table is not as it says. */
function read(line: string): Line {
  const [method = '', path = '', action = '', touches, ...marks] = line.split(' ');
  const marked = (kind: string) => marks.find((mark) => mark.startsWith(`${kind}:`))?.slice(kind.length + 1);
  const givesPower = marks.includes('power');
  const unknown = marks.find((mark) => !MARK.test(mark));
  if (!/^(?:read|create|change|delete)$/.test(action) || touches === undefined || unknown !== undefined)
    throw new Error(`api-catalogue.ts: "${line}" has to be "METHOD path action touches …", with marks that are known`);
  return {
    method,
    path,
    api: {
      action: action as CataloguedApi['action'],
      touches,
      givesPower,
      takesOut: marked('out') as CataloguedApi['takesOut'],
      isCredential: marks.includes('credential'),
      isAudit: marks.includes('audit'),
      identity: identityOf(touches, marked('identity'), givesPower),
    },
  };
}

/** All of the table, in its order; `path` is the template below `/open-apis/`. */
export const everyApi = (): readonly Line[] => API_CATALOGUE.trim().split('\n').map(read);

function treeOf(lines: readonly Line[]): Branch {
  const root: Branch = { next: new Map() };
  for (const { method, path, api } of lines) {
    let branch = root;
    for (const segment of branchesOf(method, path)) {
      const next = branch.next.get(segment) ?? { next: new Map() };
      branch.next.set(segment, next);
      branch = next;
    }
    branch.api = api;
  }
  return root;
}

/** Made when the first call is looked up: most processes map none. */
let catalogue: Branch | undefined;

/** A literal segment goes before one that may be anything: `instances/detail` is not the instance called "detail". */
function find(branch: Branch | undefined, segments: readonly string[], at = 0): CataloguedApi | undefined {
  if (branch === undefined || at === segments.length) return branch?.api;
  return find(branch.next.get(segments[at] ?? ''), segments, at + 1) ?? find(branch.next.get(ANY), segments, at + 1);
}

/**
 * What is known of a call, by its method in capitals and the API's template (`/open-apis/contact/v3/users/:user_id`) or
 * the path called; undefined where no reviewed API is like that.
 */
export function catalogued(method: string, path: string): CataloguedApi | undefined {
  catalogue ??= treeOf(everyApi());
  return find(catalogue, branchesOf(method, path));
}
