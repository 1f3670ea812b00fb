/** What Kibana shows of the collection itself: whether the rest can be trusted. */
import type { DataView } from '../../adapters/kibana/objects/dashboard.ts';
import type { Part } from '../../adapters/kibana/objects/part.ts';
import type { SourceDefinition } from '../../sdk/definition.ts';
import { COMPLETENESS } from '../../adapters/kibana/objects/completeness.ts';
import { DEAD_LETTERS, HEALTH, healthOf, WINDOWS } from './health.ts';

const windowsView: DataView = {
  id: WINDOWS,
  title: 'logs-shenji.window-*',
  name: { en: 'shenji: collected windows', zh: '审计采集：时间窗' },
};
const lettersView: DataView = {
  id: DEAD_LETTERS,
  title: 'logs-shenji.dead_letter-*',
  name: { en: 'shenji: dead letters', zh: '审计采集：死信' },
};
const completenessView: DataView = {
  id: COMPLETENESS,
  title: 'metrics-shenji.completeness-*',
  name: { en: 'shenji: completeness', zh: '审计采集：完整性' },
};

const still: Omit<Part, 'dashboards'> = {
  area: {
    id: 'shenji-tag-collection',
    name: 'Collection 采集',
    description: 'Whether the others can be trusted',
    color: '#98A2B3',
  },
  dataViews: [windowsView, lettersView, completenessView],
  searches: [
    {
      id: 'shenji-collection-windows',
      title: { en: '[shenji] Collected windows', zh: '[shenji] 采集时间窗' },
      description: {
        en: 'The ledger: each window that was collected, failed or accepted as lost, with what it brought.',
        zh: '账本：每个已采集、失败或确认放弃的时间窗及其结果。',
      },
      dataView: WINDOWS,
      query: '',
      columns: [
        ['shenji.window.status', 85],
        ['shenji.window.stream', 275],
        ['shenji.window.from', 225],
        ['shenji.window.to', 225],
        ['shenji.window.created', 90],
        ['shenji.window.late', 80],
        ['error.message', 600],
      ],
      breakdown: 'shenji.window.status',
      from: 'now-7d',
    },
    {
      id: 'shenji-dead-letters',
      title: { en: '[shenji] Dead letters', zh: '[shenji] 死信' },
      description: {
        en: 'Records that no document could be made of, each with the reason and the record itself.',
        zh: '无法生成文档的记录，附原因与原始记录。',
      },
      dataView: DEAD_LETTERS,
      query: '',
      columns: [
        ['shenji.window.stream', 280],
        ['error.type', 100],
        ['shenji.reason', 480],
        ['event.original', 600],
      ],
      breakdown: 'shenji.reason',
      from: 'now-30d',
    },
    {
      id: 'shenji-completeness-told',
      title: { en: '[shenji] Completeness', zh: '[shenji] 完整性' },
      description: {
        en: 'What schedulers told every five minutes: until when each live stream was complete, and each gap that was open.',
        zh: '调度器每五分钟的报告：各实时流完整至何时，以及未补齐的缺口。',
      },
      dataView: COMPLETENESS,
      query: '',
      columns: [
        ['shenji.window.stream', 275],
        ['shenji.completeness.state', 100],
        ['shenji.completeness.until', 225],
        ['shenji.completeness.gaps', 75],
        ['shenji.completeness.blind_rules', 90],
        ['shenji.window.from', 225],
        ['shenji.completeness.reason', 600],
      ],
      breakdown: 'shenji.completeness.state',
      from: 'now-24h',
    },
  ],
  hunts: [
    {
      number: 10,
      key: 'not-collected',
      name: { en: 'Windows not collected', zh: '未采集的时间窗' },
      question: { en: 'Was anything not collected while it happened?', zh: '是否有当时未能采集的内容？' },
      hint: {
        en: 'Failed windows are tried again by themselves; `shenji gaps list` says which are still open.',
        zh: '失败的时间窗会自动重试；`shenji gaps list` 列出尚未补齐的部分。',
      },
      dataView: windowsView,
      query: 'shenji.window.status: ("failed" or "suspended" or "accepted")',
    },
  ],
  stations: [{ id: HEALTH, about: 'collection', label: { en: 'Collection health', zh: '采集健康度' } }],
};

/** `definitions`: of all sources, whose streams it shows. */
export const collectionPart = (definitions: readonly Pick<SourceDefinition, 'name' | 'isDaily'>[]): Part => ({
  ...still,
  dashboards: [healthOf(definitions.filter(({ isDaily }) => isDaily).map(({ name }) => name))],
});
