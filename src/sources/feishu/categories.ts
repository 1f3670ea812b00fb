/** What an API call does, in ECS' terms: as the catalogue says, or guessed by family, method and path where it says nothing. */
import { memo } from '../../sdk/memo.ts';
import { catalogued, type CataloguedApi } from './catalogue.ts';
import { isParameter, segmentsOf } from './path.ts';

export type Classification = {
  readonly category: readonly string[];
  readonly type: readonly string[];
  /** What is known of the API. */
  readonly api: KnownOfApi;
};

/** `feishu.openapi_audit.api`; what is not so is not there. */
export type KnownOfApi = {
  /** False where the rest is guessed from the path. */
  readonly reviewed: boolean;
  readonly touches?: string;
  readonly takes_out?: 'item' | 'list' | 'file';
  readonly gives_power?: true;
  readonly credential?: true;
  readonly audit?: true;
};

const FILE = ['file'];
const IAM = ['iam'];
const CONFIGURATION = ['configuration'];

/** Categories beside `api`, by the path segment after `open-apis`; whether a reviewed API is `iam` is said by the catalogue. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  // A family called like something that every object has is none.
  __proto__: null as never,
  auth: ['authentication'],
  authen: ['authentication'],
  oauth: ['authentication'],
  passport: ['authentication'],
  contact: IAM,
  directory: IAM,
  ehr: IAM,
  corehr: IAM,
  admin: [...IAM, ...CONFIGURATION],
  drive: FILE,
  drives: FILE,
  doc: FILE,
  docs: FILE,
  docx: FILE,
  sheets: FILE,
  bitable: FILE,
  wiki: FILE,
  board: FILE,
  minutes: FILE,
  mail: ['email'],
  application: CONFIGURATION,
  event: CONFIGURATION,
  tenant: CONFIGURATION,
  security_and_compliance: CONFIGURATION,
  acs: CONFIGURATION,
};

/** Many POSTs are reads, and some undo: the last word of the path tells. */
const READ_WORDS =
  /^(?:search|query|list|list_data|get|batch_get|batch_get_id|mget|batch_query|query_.*|.*_query|get_.*|statistics|stats|preview|check|check_.*|download|batch_get_tmp_download_url|export|export_tasks|scroll|find_by_.*|multi_query|user_search|metas)$/;
const DELETE_WORDS =
  /^(?:delete|batch_delete|remove|batch_remove|revoke|unbind|cancel|recall|uninstall|logout|trash|dismiss)$/;
const CHANGE_WORDS =
  /^(?:update|batch_update|patch|modify|enable|disable|freeze|unfreeze|move|transfer|transfer_owner|set|reset|reset_password|resurrect|rename|replace|bind|bind_.*|publish|reply|forward|approve|reject|rollback|subscribe|unsubscribe|values_batch_update|merge|upgrade|grant)$/;

/** Who may do what: granting it is what a hunter looks for. */
const POWER =
  /\/(?:permissions?|permission_member|roles?|functional_roles|members?|admins?|administrators|managers|scopes?|password|reset_password|user_access_scopes?|app_access|visibility|collaborators|public_password)(?:\/|$)/;
const USERS = /\/(?:users?|employees?|members)(?:\/|$)/;
const GROUPS = /\/(?:groups?|departments?|user_groups|functional_roles|units?)(?:\/|$)/;

const DENIED_CODES = new Set([
  '99991672',
  '99991679',
  '99991676',
  '99991401',
  '1061004',
  '1254302',
  '131006',
  '40004',
  '1770032',
  '91403',
  '230027',
]);

const TYPES = { read: 'access', create: 'creation', change: 'change', delete: 'deletion' } as const;

function guessedAction(method: string, path: string): keyof typeof TYPES {
  const name = segmentsOf(path).findLast((segment) => !isParameter(segment)) ?? '';
  // The vendor writes both batch_delete and batchDelete.
  const last = name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
  const lastIsName = !/[:{][^/]*$/.test(path);
  if (method === 'GET' || method === 'HEAD') return 'read';
  if (method === 'DELETE') return 'delete';
  if (lastIsName && READ_WORDS.test(last)) return 'read';
  if (lastIsName && DELETE_WORDS.test(last)) return 'delete';
  if (method === 'PUT' || method === 'PATCH' || (lastIsName && CHANGE_WORDS.test(last))) return 'change';
  return 'create';
}

/** The API family of a path or path template: `contact`, `drive`, …; undefined where it is none of Feishu's. */
export function familyOf(path: string): string | undefined {
  return /^\/?open-apis\/([^/?]+)/.exec(path)?.[1];
}

function reviewed(api: CataloguedApi, own: readonly string[]): Classification {
  const { action, touches, identity, givesPower, takesOut, isCredential, isAudit } = api;
  const category = [...own.filter((name) => name !== 'iam'), ...(touches === 'file' ? FILE : [])];
  const type = [
    TYPES[action],
    ...(own.includes('authentication') && isCredential && action === 'create' ? ['start'] : []),
    ...(givesPower ? ['admin'] : []),
    ...(identity === 'user' || identity === 'group' ? [identity] : []),
  ];
  return {
    category: identity === undefined ? category : [...category, ...IAM],
    type,
    api: {
      reviewed: true,
      touches,
      ...(takesOut === undefined ? {} : { takes_out: takesOut }),
      ...(givesPower ? { gives_power: true } : {}),
      ...(isCredential ? { credential: true } : {}),
      ...(isAudit ? { audit: true } : {}),
    },
  };
}

/** Of an API that nobody reviewed, as one that was made tomorrow. */
function guessed(method: string, path: string, own: readonly string[]): Classification {
  const action = guessedAction(method, path);
  const isMighty = own.includes('file') || own.includes('iam') || own.includes('configuration');
  const givesPower = isMighty && action !== 'read' && POWER.test(path);
  const type = [
    TYPES[action],
    ...(own.includes('authentication') ? ['start'] : []),
    ...(givesPower ? ['admin'] : []),
    ...(own.includes('iam') && USERS.test(path) ? ['user'] : []),
    ...(own.includes('iam') && GROUPS.test(path) ? ['group'] : []),
  ];
  return {
    category: givesPower ? [...own, ...IAM] : own,
    type,
    api: { reviewed: false, ...(givesPower ? { gives_power: true } : {}) },
  };
}

/** What the path template alone says of a call with this method. */
const kindOfCall = memo((methodAndPath: string): Classification => {
  const space = methodAndPath.indexOf(' ');
  const method = methodAndPath.slice(0, space);
  const path = methodAndPath.slice(space + 1);
  const own = FAMILIES[familyOf(path) ?? ''] ?? [];
  const known = catalogued(method, path);
  const kind = known === undefined ? guessed(method, path, own) : reviewed(known, own);
  return { ...kind, category: [...new Set(['api', ...kind.category])] };
});

/** Whether tokens in these calls are documents' ids, which an analyst needs, and no secrets. */
export const hasDocumentTokens = (family: string | undefined): boolean =>
  family !== undefined && FAMILIES[family] === FILE;

/**
 * `event.category` and `event.type` of a call, and what is known of its API. `path` is the API's template (`/open-apis/contact/v3/users/:user_id`) or,
 * without one, the path called; `code` is the vendor's code in the answer.
 */
export function classify(
  method: string,
  path: string,
  httpStatus: number | undefined,
  code: string | undefined,
): Classification {
  const kind = kindOfCall(`${method} ${path}`);
  const denied = httpStatus === 401 || httpStatus === 403 || DENIED_CODES.has(code ?? '');
  return denied ? { ...kind, type: [...kind.type, 'denied'] } : kind;
}
