/** What every panel of a dashboard has, and the kinds that are not Lens: a saved search and a text. */
import { idIn, type Language, type Text } from './language.ts';

/** Written for the oldest Kibana that understands them. */
export const VERSION = '8.9.0';

export type Reference = { readonly type: string; readonly id: string; readonly name: string };
type Position = { readonly x: number; readonly y: number };

export type Panel = {
  readonly id: string;
  /** In the grid of 48 columns. */
  readonly width: number;
  readonly height: number;
  /** The panel as it lies in `panelsJSON`, and what the dashboard must refer to for it. */
  readonly at: (position: Position, language: Language) => { json: object; references: readonly Reference[] };
};

export const place = (id: string, { x, y }: Position, width: number, height: number): object => ({
  gridData: { x, y, w: width, h: height, i: id },
  panelIndex: id,
});

/** A click on a value offers the way to another dashboard, with time and filters. */
export type Drilldown = { readonly dashboard: string; readonly name: Text };
const DRILLDOWN = 'DASHBOARD_TO_DASHBOARD_DRILLDOWN';

export function drilldownEvents(id: string, drilldowns: readonly Drilldown[], language: Language): object {
  const events = drilldowns.map(({ name }, index) => ({
    eventId: `${id}-drilldown-${index}`,
    triggers: ['FILTER_TRIGGER'],
    action: {
      factoryId: DRILLDOWN,
      name: name[language],
      config: { useCurrentFilters: true, useCurrentDateRange: true, openInNewTab: false },
    },
  }));
  return events.length === 0 ? {} : { dynamicActions: { events } };
}

export const drilldownReferences = (
  id: string,
  drilldowns: readonly Drilldown[],
  language: Language,
): readonly Reference[] =>
  drilldowns.map(({ dashboard }, index) => ({
    type: 'dashboard',
    id: idIn(dashboard, language),
    name: `${id}:drilldown:${DRILLDOWN}:${id}-drilldown-${index}:dashboardId`,
  }));

type Options = { readonly id: string; readonly width: number; readonly height: number };

/** The documents themselves, by the columns and the order of a saved search. */
export function search({
  id,
  width,
  height,
  title,
  saved,
}: Options & { readonly title: Text; readonly saved: string }): Panel {
  const name = `panel_${id}`;
  return {
    id,
    width,
    height,
    at: (position, language) => ({
      json: {
        version: VERSION,
        type: 'search',
        ...place(id, position, width, height),
        title: title[language],
        embeddableConfig: { enhancements: {}, hidePanelTitles: false },
        panelRefName: name,
      },
      references: [{ type: 'search', id: idIn(saved, language), name: `${id}:${name}` }],
    }),
  };
}

/** Markdown, without a title of its own. */
export function text({
  id,
  width,
  height,
  markdown,
}: Options & { readonly markdown: (language: Language) => string }): Panel {
  return {
    id,
    width,
    height,
    at: (position, language) => ({
      json: {
        version: VERSION,
        type: 'visualization',
        ...place(id, position, width, height),
        title: '',
        embeddableConfig: {
          enhancements: {},
          hidePanelTitles: true,
          savedVis: {
            title: '',
            description: '',
            type: 'markdown',
            params: { fontSize: 12, openLinksInNewTab: false, markdown: markdown(language) },
            uiState: {},
            data: { aggs: [], searchSource: { query: { query: '', language: 'kuery' }, filter: [] } },
          },
        },
      },
      references: [],
    }),
  };
}
