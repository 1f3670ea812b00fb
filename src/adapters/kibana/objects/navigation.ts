/** The way from each dashboard to the others: a line of links above its panels. */
import type { Station } from '../../../sdk/kibana.ts';
import { idIn, type Language } from './language.ts';
import { panel, type Panel } from './panels.ts';

const referenceName = (key: string): string => `link_${key}_dashboard`;

/** `from`: the dashboard it stands on, which Kibana shows as the place where one is. @throws RangeError where that is no station */
export function navigation(from: string, stations: readonly Station[]): Panel {
  const here = stations.find(({ id }) => id === from);
  if (here === undefined) throw new RangeError(`${from} is no station: its source has to name it as one`);
  // Kibana goes from one dashboard to another by the ids of their panels: what has the same id stays as it was.
  const id = `${from.replace(/^shenji-/, '')}-navigation`;
  const attributes = (language: Language): object => ({
    layout: 'horizontal',
    links: stations.map(({ id: station, label, about, isDaily }, order) => ({
      id: station,
      type: 'dashboardLink',
      order,
      label: label[language],
      destinationRefName: referenceName(station),
      options: {
        openInNewTab: false,
        useCurrentFilters: about === here.about,
        // Values are of days: the hours of an investigation would leave nothing of them.
        useCurrentDateRange: (isDaily === true) === (here.isDaily === true),
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
