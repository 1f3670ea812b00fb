/** The data stream of the OpenAPI audit log: which ECS fields it fills, and its own. */
import type { DataStreamDefinition } from '../../sdk/definition.ts';
import { flattened, keyword } from '../../sdk/fields.ts';

export const openapiAuditStream: DataStreamDefinition = {
  type: 'logs',
  ecsFields: [
    'event.id', 'event.action', 'event.provider', 'http.request.method', 'http.response.status_code', 'url.path',
    'url.query', 'user.id', 'user.name', 'user.target.id', 'source.address', 'source.ip',
    'source.geo.country_iso_code', 'source.geo.country_name', 'source.geo.city_name', 'source.geo.location', 'source.as.number', 'source.as.organization.name', 'client.ip', 'related.ip',
    'related.user', 'file.type', 'file.name', 'file.extension', 'error.code', 'error.message',
  ],
  fields: {
    'feishu.openapi_audit.api_key': keyword('The API called, method and path template in one word'),
    'feishu.openapi_audit.family': keyword('The family of the API: the path segment after `open-apis`'),
    'feishu.openapi_audit.api.reviewed': { type: 'boolean', description: 'True where the API is one that shenji knows; false where `event.type` and `event.category` are guessed from its path' },
    'feishu.openapi_audit.api.touches': keyword('What a known API reads or changes: `user`, `department`, `group`, `role`, `permission`, `file`, `message`, `mail`, `app`, `hr`, …'),
    'feishu.openapi_audit.api.takes_out': keyword('What leaves with one call of a known API: `item`, `list` or `file`; missing where nothing does'),
    'feishu.openapi_audit.api.gives_power': { type: 'boolean', description: 'True where the API gives somebody rights or access; missing otherwise. Guessed where `api.reviewed` is false' },
    'feishu.openapi_audit.api.credential': { type: 'boolean', description: 'True where a known API issues, resets or hands out a secret; missing otherwise' },
    'feishu.openapi_audit.api.audit': { type: 'boolean', description: 'True where a known API reads or changes what records others; missing otherwise' },
    'feishu.openapi_audit.request': keyword('The same 16 characters for the same request (method, path, query and payload), of calls that take something out: how many different ones there are tells a thing read a thousand times from a thousand things read once'),
    'feishu.openapi_audit.network': keyword("The caller's network: `AS4134` where the network of the address is known, else its first bits, `203.0.113.0/24` or `2001:db8:1::/48`"),
    'feishu.openapi_audit.app_id': keyword('The app that called'),
    'feishu.openapi_audit.status_code': { type: 'long', description: 'The status as the vendor logs it; 0 occurs, so it is not only an HTTP status' },
    'feishu.openapi_audit.query_param': flattened('Query parameters, redacted and bounded'),
    'feishu.openapi_audit.payload': flattened('Request body, redacted and bounded'),
    'feishu.openapi_audit.payload_truncated': { type: 'boolean', description: 'True where query, payload or response were cut to fit' },
    'feishu.openapi_audit.response.code': keyword("The vendor's code in the answer; 0 is success"),
    'feishu.openapi_audit.response.msg': keyword("The vendor's message in the answer"),
    'feishu.openapi_audit.response.body': flattened('The answer as logged, redacted and bounded'),
    'feishu.openapi_audit.made.id': keyword('Ids of the account that the call made: the one that the caller chose, and those that the vendor answered with, where the answer is in the log'),
    'feishu.openapi_audit.target.type': keyword('Kinds of things the call was about: user, department, file, chat, role, …'),
    'feishu.openapi_audit.target.id': keyword('Their ids, from path, query and payload'),
    'feishu.openapi_audit.target.ref': keyword('Kind and id of each in one word, `user:ou_…`: arrays of kinds and of ids do not tell which belongs to which'),
    'feishu.openapi_audit.local_hour': { type: 'byte', description: "Hour of the day in the tenant's time zone, 0 to 23" },
    'feishu.openapi_audit.local_weekday': { type: 'byte', description: "Day of the week in the tenant's time zone, 1 Monday to 7 Sunday" },
  },
}; // prettier-ignore
