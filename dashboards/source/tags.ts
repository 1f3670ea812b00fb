/** Tags: one on everything, and one for each area. They are shared by both languages. */
import { AUDIT, DEAD_LETTERS, REPORT, WINDOWS } from './views.ts';

export type Tag = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly color: string;
};

/** On everything that shenji brings. */
export const TAG = 'shenji-tag';
const FEISHU = 'shenji-tag-feishu';
const DINGTALK = 'shenji-tag-dingtalk';
const COLLECTION = 'shenji-tag-collection';

export const tags: readonly Tag[] = [
  { id: TAG, name: 'shenji', description: 'Everything that "shenji setup" brings', color: '#0077CC' },
  { id: FEISHU, name: 'Feishu 飞书', description: 'The Feishu OpenAPI audit log', color: '#3370FF' },
  { id: DINGTALK, name: 'DingTalk 钉钉', description: "DingTalk's statistics", color: '#00A870' },
  { id: COLLECTION, name: 'Collection 采集', description: 'Whether the others can be trusted', color: '#98A2B3' },
];

const AREAS: Readonly<Record<string, string>> = {
  [AUDIT]: FEISHU,
  [REPORT]: DINGTALK,
  [WINDOWS]: COLLECTION,
  [DEAD_LETTERS]: COLLECTION,
};

/** @throws RangeError for a data view that no area has */
export function areaOf(dataView: string): string {
  const area = AREAS[dataView];
  if (area === undefined) throw new RangeError(`${dataView} belongs to no area: add it to AREAS`);
  return area;
}
