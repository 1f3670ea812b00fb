/** Records of one kilobyte, as Feishu's audit log lists them, already written as the vendor's pages. */

export const PAGE = 100;
export const WINDOW_SECONDS = 3_600;
const ORIGIN = Date.UTC(2026, 2, 1) / 1_000;

const CALLS = [
  { method: 'PATCH', template: '/open-apis/contact/v3/users/:user_id' },
  { method: 'GET', template: '/open-apis/drive/v1/files/:file_token' },
  { method: 'POST', template: '/open-apis/im/v1/messages' },
  { method: 'POST', template: '/open-apis/bitable/v1/apps/:app_token/tables' },
] as const;

/** The window with this number, in epoch milliseconds. */
export function windowSpan(window: number): { from: number; to: number } {
  const from = (ORIGIN + window * WINDOW_SECONDS) * 1_000;
  return { from, to: from + WINDOW_SECONDS * 1_000 };
}

/** The number of the window that begins at this second, give or take the overlap that a request asks for. */
export const windowAt = (second: number): number => Math.round((second - ORIGIN) / WINDOW_SECONDS);

/** The n-th record of a window: every id is its own, every thirtieth payload holds a secret. */
function record(window: number, position: number): object {
  const number = window * 1_000_000 + position;
  const { method, template } = CALLS[number % CALLS.length] as (typeof CALLS)[number];
  const person = `ou_${String(number).padStart(12, '0')}a7c`;
  const secret = number % 30 === 0 ? { access_token: `t-${'g0123456789abcdef'.repeat(2)}` } : {};
  return {
    id: `76${String(number).padStart(17, '0')}`,
    api_key: `${method}${template}`,
    event_time: ORIGIN + window * WINDOW_SECONDS + (position % WINDOW_SECONDS),
    app_id: `cli_${number % 7}f5343c580712544`,
    ip: `101.${number % 8}.24.${number % 200}`,
    log_detail: {
      path: template.replace(/:\w+/, person),
      method,
      query_param: JSON.stringify({ user_id_type: 'open_id', page_size: 50, department_id_type: 'open_department_id' }),
      payload: JSON.stringify({
        name: `Person ${number}`,
        email: `person.${number}@example.com`,
        department_ids: ['od-1a2b3c4d', 'od-4d5e6f7a'],
        leader_user_id: `ou_${number % 97}leader`,
        custom_attrs: [{ type: 'TEXT', id: 'C-1', value: { text: 'a note of ordinary length, as people write' } }],
        notify: true,
        ...secret,
      }),
      status_code: 200,
      response: JSON.stringify({
        code: 0,
        msg: 'success',
        data: { user: { open_id: person, union_id: `on_${number}`, status: { is_activated: true, is_exited: false } } },
      }),
    },
  };
}

/** One answer of `list_data`. */
export function renderPage(window: number, page: number, pages: number): string {
  const items = Array.from({ length: PAGE }, (_, index) => record(window, page * PAGE + index));
  const has_more = page + 1 < pages;
  return JSON.stringify({
    code: 0,
    msg: 'success',
    data: { items, has_more, page_token: has_more ? `${page + 1}` : '' },
  });
}
