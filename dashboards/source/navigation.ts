/** The way from each dashboard to the others: a line of links above its panels. */
import { idIn, type Language, type Text } from './language.ts';
import { panel, type Panel } from './panels.ts';
import { ACCESS, HEALTH, INVESTIGATION, OVERVIEW, STATISTICS } from './views.ts';

type Station = {
  readonly id: string;
  readonly label: Text;
  /** What it is about: filters mean something only where both ends have the same. */
  readonly about: 'calls' | 'statistics' | 'collection';
};

const stations: readonly Station[] = [
  { id: OVERVIEW, about: 'calls', label: { en: 'Overview', zh: '总览' } },
  { id: INVESTIGATION, about: 'calls', label: { en: 'App investigation', zh: '应用调查' } },
  { id: ACCESS, about: 'calls', label: { en: 'Access and permission changes', zh: '访问与权限变更' } },
  { id: STATISTICS, about: 'statistics', label: { en: 'DingTalk statistics', zh: '钉钉统计' } },
  { id: HEALTH, about: 'collection', label: { en: 'Collection health', zh: '采集健康度' } },
];

const referenceName = (key: string): string => `link_${key}_dashboard`;

/** `from`: the dashboard it stands on, which Kibana shows as the place where one is. @throws RangeError for an unknown one */
export function navigation(from: string): Panel {
  const here = stations.find(({ id }) => id === from);
  if (here === undefined) throw new RangeError(`${from} is no station: add it to the navigation`);
  // Kibana goes from one dashboard to another by the ids of their panels: what has the same id stays as it was.
  const id = `${from.replace(/^shenji-/, '')}-navigation`;
  const attributes = (language: Language): object => ({
    layout: 'horizontal',
    links: stations.map(({ id: station, label, about }, order) => ({
      id: station,
      type: 'dashboardLink',
      order,
      label: label[language],
      destinationRefName: referenceName(station),
      options: {
        openInNewTab: false,
        useCurrentFilters: about === here.about,
        // Statistics are of days: the hours of an investigation would leave nothing of them.
        useCurrentDateRange: (about === 'statistics') === (here.about === 'statistics'),
      },
    })),
  });
  return panel(
    { id, width: 48, height: 2 },
    (language) => ({
      type: 'links',
      title: '',
      embeddableConfig: { enhancements: {}, hidePanelTitles: true, attributes: attributes(language) },
    }),
    (language) =>
      stations.map((station) => ({
        type: 'dashboard',
        id: idIn(station.id, language),
        name: `${id}:${referenceName(station.id)}`,
      })),
  );
}
