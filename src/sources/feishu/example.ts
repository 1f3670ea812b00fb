/** A record of the audit log, as the vendor would send it. */
import type { AuditRecord } from './audit-record.ts';

export const EXAMPLE: AuditRecord = {
  id: '7000000417203311',
  api_key: 'PATCH/open-apis/contact/v3/users/:user_id',
  event_time: Date.parse('2026-03-02T01:25:05Z') / 1_000,
  app_id: 'cli_9f5343c580712544',
  ip: '223.5.5.5',
  log_detail: {
    path: '/open-apis/contact/v3/users/ou_7dab8a3d3cdcc9da',
    method: 'PATCH',
    query_param: '{"user_id_type":"open_id"}',
    payload: '{"name":"Li Lei","department_ids":["od-4e6ac4d14bcd"]}',
    status_code: 200,
    response: '{"code":0,"msg":"success"}',
  },
};
