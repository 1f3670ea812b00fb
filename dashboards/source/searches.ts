/** Saved searches: what Discover opens with instead of the one column "Document". The dashboards show some of them too. */
import { idIn, type Language, type Text } from './language.ts';
import { savedObject, type SavedObject } from './saved-object.ts';
import { AUDIT, DEAD_LETTERS, REPORT, WINDOWS } from './views.ts';

/** A field, and its width in pixels where the rest should not decide it. */
type Column = readonly [field: string, width?: number];

export type SavedSearch = {
  readonly id: string;
  readonly title: Text;
  /** What it shows, in a sentence: also a line of `docs/analyst.md`. */
  readonly description: Text;
  readonly dataView: string;
  readonly query: string;
  /** Beside the time, which Discover always shows first. */
  readonly columns: readonly Column[];
  /** What the bars above the table are divided by. */
  readonly breakdown: string;
  readonly from: string;
};

export const CALLS = 'shenji-feishu-calls';
export const SENSITIVE_CALLS = 'shenji-feishu-sensitive';
export const CHANGES = 'shenji-feishu-changes';
export const TAKEN_OUT = 'shenji-feishu-taken-out';
export const FIGURES = 'shenji-dingtalk-figures';
export const COLLECTION_WINDOWS = 'shenji-collection-windows';
export const LETTERS = 'shenji-dead-letters';

const CHANGED = 'event.type: ("creation" or "change" or "deletion")';
/** What gives power, changes people, or replaces what an app is trusted by; nothing that is only read or downloaded. */
export const SENSITIVE = `event.type: "admin" or (event.category: ("iam" or "configuration") and ${CHANGED})`;
export const ACCESS_CHANGES = 'event.category: "iam" and event.type: ("creation" or "change" or "deletion" or "admin")';
/** Exports, files, documents as text, attachments of messages. */
export const TAKING_OUT = 'event.action: (*export* or *download or *raw_content or *resources*)';

const TENANT: Column = ['organization.name', 110];
const APP: Column = ['user.name', 165];
/** As wide as the longest API that gives power: cut off, one would not know what was done. */
const ACTION: Column = ['event.action', 570];
const OUTCOME: Column = ['event.outcome', 85];
const TARGET: Column = ['feishu.openapi_audit.target.ref', 200];
const WHENCE: readonly Column[] = [
  ['source.ip', 170],
  ['source.geo.country_iso_code', 70],
];
const CODE: Column = ['error.code', 95];
/** What tells most comes first: the rest is reached by scrolling where the window is narrow. */
const call: readonly Column[] = [APP, ACTION, OUTCOME, TARGET, ...WHENCE, CODE, TENANT];
const audit = { dataView: AUDIT, columns: call, breakdown: 'event.outcome', from: 'now-7d' };

export const searches: readonly SavedSearch[] = [
  {
    ...audit,
    id: CALLS,
    title: { en: '[shenji] Feishu: all calls', zh: '[shenji] 飞书：全部调用' },
    description: { en: 'Every call, the newest first: who, what, on what, from where, with what outcome.', zh: '全部调用，最新在前：谁、做了什么、对象、来源与结果。' },
    query: '',
    from: 'now-24h',
  },
  {
    ...audit,
    id: SENSITIVE_CALLS,
    title: { en: '[shenji] Feishu: sensitive calls', zh: '[shenji] 飞书：敏感调用' },
    description: { en: 'What gives power, changes people, or replaces the credentials and settings of an app.', zh: '授予权限、变更人员，或更改应用凭证与配置的调用。' },
    query: SENSITIVE,
  },
  {
    ...audit,
    id: CHANGES,
    title: { en: '[shenji] Feishu: access and permission changes', zh: '[shenji] 飞书：访问与权限变更' },
    description: { en: 'People, departments, roles and permissions that were created, changed or deleted, or refused.', zh: '人员、部门、角色与权限的新增、变更与删除，包括被拒绝的。' },
    query: ACCESS_CHANGES,
    breakdown: 'feishu.openapi_audit.family',
  },
  {
    ...audit,
    id: TAKEN_OUT,
    title: { en: '[shenji] Feishu: exports and downloads', zh: '[shenji] 飞书：导出与下载' },
    description: { en: 'What was exported, downloaded or read as a whole, by which app.', zh: '被导出、下载或整篇读取的内容，以及由哪个应用。' },
    query: `${TAKING_OUT} and event.outcome: "success"`,
    columns: [APP, ACTION, TARGET, ...WHENCE, TENANT],
    breakdown: 'user.name',
  },
  {
    id: FIGURES,
    title: { en: '[shenji] DingTalk: figures', zh: '[shenji] 钉钉：指标' },
    description: { en: 'Every reading of every statistic: what it says, of which day, and when it was read.', zh: '每项指标的每次读数：数值、日期与读取轮次。' },
    dataView: REPORT,
    query: '',
    columns: [TENANT, ['dingtalk.report.kpi.name', 320], ['dingtalk.report.value', 110], ['dingtalk.report.stat_date', 110], ['dingtalk.report.kpi.period', 90], ['dingtalk.report.reading', 110]],
    breakdown: 'organization.name',
    from: 'now-30d',
  },
  {
    id: COLLECTION_WINDOWS,
    title: { en: '[shenji] Collected windows', zh: '[shenji] 采集时间窗' },
    description: { en: 'The ledger: each window that was collected, failed or accepted as lost, with what it brought.', zh: '账本：每个已采集、失败或确认放弃的时间窗及其结果。' },
    dataView: WINDOWS,
    query: '',
    columns: [['shenji.window.status', 85], ['shenji.window.stream', 275], ['shenji.window.from', 225], ['shenji.window.to', 225], ['shenji.window.created', 90], ['shenji.window.late', 80], ['error.message', 600]],
    breakdown: 'shenji.window.status',
    from: 'now-7d',
  },
  {
    id: LETTERS,
    title: { en: '[shenji] Dead letters', zh: '[shenji] 死信' },
    description: { en: 'Records that no document could be made of, each with the reason and the record itself.', zh: '无法生成文档的记录，附原因与原始记录。' },
    dataView: DEAD_LETTERS,
    query: '',
    columns: [['shenji.window.stream', 280], ['error.type', 100], ['shenji.reason', 480], ['event.original', 600]],
    breakdown: 'shenji.reason',
    from: 'now-30d',
  },
]; // prettier-ignore

const SOURCE_REFERENCE = 'kibanaSavedObjectMeta.searchSourceJSON.index';

export function searchObject(search: SavedSearch, language: Language): SavedObject {
  const { id, title, description, dataView, query, columns, breakdown, from } = search;
  const widths = columns.flatMap(([field, width]) => (width === undefined ? [] : [[field, { width }] as const]));
  return savedObject(
    'search',
    idIn(id, language),
    {
      title: title[language],
      description: description[language],
      columns: columns.map(([field]) => field),
      sort: [['@timestamp', 'desc']],
      grid: { columns: Object.fromEntries(widths) },
      hideChart: false,
      breakdownField: breakdown,
      rowHeight: 1,
      isTextBasedQuery: false,
      // Discover begins with the last fifteen minutes, in which nothing may have been collected yet.
      timeRestore: true,
      timeRange: { from, to: 'now' },
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({
          query: { query, language: 'kuery' },
          filter: [],
          indexRefName: SOURCE_REFERENCE,
        }),
      },
    },
    [{ type: 'index-pattern', id: dataView, name: SOURCE_REFERENCE }],
  );
}

/** For `docs/analyst.md`. */
export const searchesInWords = (): string =>
  searches.map(({ title, description }) => `- **${title.en.replace('[shenji] ', '')}**: ${description.en}`).join('\n');
