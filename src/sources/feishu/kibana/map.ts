/** Where calls come from: a map of its own, which the overview shows too. */
import { BLUE, RED } from '../../../adapters/kibana/objects/colors.ts';
import { idIn, type Language, type Text } from '../../../adapters/kibana/objects/language.ts';
import { saved, type Panel } from '../../../adapters/kibana/objects/panels.ts';
import { savedObject } from '../../../adapters/kibana/objects/saved-object.ts';
import type { SavedObject } from '../../../sdk/kibana.ts';
import { SENSITIVE } from './searches.ts';
import { AUDIT } from './views.ts';

export const ORIGINS = 'shenji-feishu-origins';

const LOCATION = 'source.geo.location';
const COUNTRY = 'source.geo.country_iso_code';
const COUNT = { name: 'doc_count', origin: 'source' };
const fixed = (options: object): object => ({ type: 'STATIC', options });
const byCount = (options: object): object => ({ type: 'DYNAMIC', options: { field: COUNT, ...options } });

/** The land below comes from the Elastic Maps Service, where a browser reaches it; the circles need it not. */
const LAND = {
  id: 'land',
  type: 'EMS_VECTOR_TILE',
  sourceDescriptor: { type: 'EMS_TMS', isAutoSelect: true, lightModeDefault: 'road_map_desaturated' },
  style: { type: 'EMS_VECTOR_TILE', color: '' },
  visible: true,
  alpha: 1,
  minZoom: 0,
  maxZoom: 24,
};

type Circles = {
  readonly id: string;
  readonly label: Text;
  readonly color: string;
  readonly query: string;
  readonly sizes: readonly [smallest: number, largest: number];
  readonly labelled: boolean;
};

/** Each says which country it is: without the land a circle would be anywhere. */
const circles: readonly Circles[] = [
  { id: 'calls', label: { en: 'Calls', zh: '调用' }, color: BLUE, query: '', sizes: [12, 40], labelled: true },
  { id: 'sensitive', label: { en: 'Sensitive calls', zh: '敏感调用' }, color: RED, query: SENSITIVE, sizes: [5, 12], labelled: false },
]; // prettier-ignore

function style({ color, sizes: [minSize, maxSize], labelled }: Circles): object {
  const label = { type: 'DYNAMIC', options: { field: { name: `terms_of_${COUNTRY}`, origin: 'source' } } };
  return {
    type: 'VECTOR',
    isTimeAware: true,
    properties: {
      icon: fixed({ value: 'marker' }),
      fillColor: fixed({ color }),
      lineColor: fixed({ color: '#FFFFFF' }),
      lineWidth: fixed({ size: 1 }),
      iconSize: byCount({ minSize, maxSize, fieldMetaOptions: { isEnabled: true, sigma: 3 } }),
      iconOrientation: fixed({ orientation: 0 }),
      symbolizeAs: { options: { value: 'circle' } },
      labelText: labelled ? label : fixed({ value: '' }),
      labelColor: fixed({ color: '#343741' }),
      labelSize: fixed({ size: 13 }),
      labelPosition: { options: { position: 'BOTTOM' } },
      labelBorderColor: fixed({ color: '#FFFFFF' }),
      labelBorderSize: { options: { size: 'SMALL' } },
    },
  };
}

const referenceName = (layer: number): string => `layer_${layer}_source_index_pattern`;

function layer(of: Circles, index: number, language: Language): object {
  return {
    id: of.id,
    label: of.label[language],
    type: 'GEOJSON_VECTOR',
    sourceDescriptor: {
      type: 'ES_GEO_GRID',
      id: `${of.id}-grid`,
      geoField: LOCATION,
      requestType: 'point',
      resolution: 'FINE',
      metrics: [{ type: 'count' }, { type: 'terms', field: COUNTRY }],
      applyGlobalQuery: true,
      applyGlobalTime: true,
      applyForceRefresh: true,
      indexPatternRefName: referenceName(index),
    },
    style: style(of),
    joins: [],
    ...(of.query === '' ? {} : { query: { query: of.query, language: 'kuery' } }),
    visible: true,
    includeInFitToBounds: true,
    alpha: 0.8,
    minZoom: 0,
    maxZoom: 24,
  };
}

export function mapObject(language: Language): SavedObject {
  const title: Text = { en: '[shenji] Feishu: where calls come from', zh: '[shenji] 飞书：调用来源地图' };
  const description: Text = {
    en: 'Calls by the place of their address, sensitive ones in red. Addresses that no place is known of are not on it.',
    zh: '按来源地址归属地汇总的调用，敏感调用为红色；没有归属地的地址不在图上。',
  };
  // The land lies below the circles.
  const layers = [LAND, ...circles.map((of, index) => layer(of, index + 1, language))];
  return savedObject(
    'map',
    idIn(ORIGINS, language),
    {
      title: title[language],
      description: description[language],
      mapStateJSON: JSON.stringify({
        zoom: 1.6,
        center: { lon: 75, lat: 25 },
        timeFilters: { from: 'now-24h', to: 'now' },
        query: { query: '', language: 'kuery' },
        filters: [],
        settings: { autoFitToDataBounds: true },
      }),
      layerListJSON: JSON.stringify(layers),
      uiStateJSON: JSON.stringify({ isLayerTOCOpen: true, openTOCDetails: [] }),
    },
    circles.map((_, index) => ({ type: 'index-pattern', id: AUDIT, name: referenceName(index + 1) })),
  );
}

/** The same map on a dashboard, under the dashboard's time, query and filters. */
export const map = (options: Pick<Panel, 'id' | 'width' | 'height'> & { title: Text }): Panel =>
  saved(
    options,
    { type: 'map', id: ORIGINS },
    // All continents in a third of a screen.
    { isLayerTOCOpen: false, hiddenLayers: [], mapCenter: { lat: 25, lon: 60, zoom: 0.6 } },
  );
