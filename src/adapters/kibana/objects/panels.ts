/** What every panel of a dashboard has, and the kinds that are not Lens: a saved search and a text. */
import type { Reference } from './saved-object.ts';
import { idIn, type Language, type Text } from './language.ts';

/** Written for the oldest Kibana that understands them. */
const VERSION = '8.9.0';

type Position = { readonly x: number; readonly y: number };

export type Panel = {
  readonly id: string;
  /** In the grid of 48 columns. */
  readonly width: number;
  readonly height: number;
  /** The panel as it lies in `panelsJSON`, and what the dashboard must refer to for it. */
  readonly at: (position: Position, language: Language) => { json: object; references: readonly Reference[] };
};

const place = (id: string, { x, y }: Position, width: number, height: number): object => ({
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
type Content = {
  readonly type: string;
  readonly title: string;
  readonly embeddableConfig: object;
  readonly panelRefName?: string;
};

/** A panel from what lies in it, and what the dashboard must refer to for it. */
export const panel = (
  { id, width, height }: Options,
  content: (language: Language) => Content,
  references: (language: Language) => readonly Reference[] = () => [],
): Panel => ({
  id,
  width,
  height,
  at: (position, language) => {
    const { type, ...rest } = content(language);
    return {
      json: { version: VERSION, type, ...place(id, position, width, height), ...rest },
      references: references(language),
    };
  },
});

/** A panel that shows a saved object of its own. */
export function saved(
  options: Options & { readonly title: Text },
  { type, id: object }: Pick<Reference, 'type' | 'id'>,
  config: object = {},
): Panel {
  const name = `panel_${options.id}`;
  return panel(
    options,
    (language) => ({
      type,
      title: options.title[language],
      embeddableConfig: { enhancements: {}, hidePanelTitles: false, ...config },
      panelRefName: name,
    }),
    (language) => [{ type, id: idIn(object, language), name: `${options.id}:${name}` }],
  );
}

/** The documents themselves, by the columns and the order of a saved search. */
export const search = ({ saved: id, ...options }: Options & { readonly title: Text; readonly saved: string }): Panel =>
  saved(options, { type: 'search', id });

/** Markdown, without a title of its own. */
export const text = ({
  markdown,
  ...options
}: Options & { readonly markdown: (language: Language) => string }): Panel =>
  panel(options, (language) => ({
    type: 'visualization',
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
  }));
