/** The saved objects as far as the checks read them; texts within them are JSON of their own. */
import type { Reference } from '../../src/adapters/kibana/objects/saved-object.ts';
import type { SavedObject } from '../../src/sdk/kibana.ts';

export type { Reference, SavedObject };

export type LensColumn = {
  readonly label: string;
  readonly dataType: string;
  readonly operationType: string;
  readonly sourceField?: string;
  readonly isBucketed: boolean;
  readonly filter?: { readonly query: string };
  readonly timeShift?: string;
  readonly references?: readonly string[];
  readonly params?: {
    readonly size?: number;
    readonly orderBy?: { readonly type: string; readonly columnId?: string };
    readonly orderDirection?: string;
    readonly interval?: string;
    readonly sortField?: string;
    readonly filters?: readonly { readonly input: { readonly query: string } }[];
    readonly percentile?: number;
    readonly emptyAsNull?: boolean;
    readonly format?: { readonly id: string; readonly params?: { readonly toUnit?: string } };
    readonly tinymathAst?: Tree;
  };
};
export type Tree = { readonly name: string; readonly args: readonly (Tree | string | number)[] };
export type Layer = {
  readonly columns: Readonly<Record<string, LensColumn>>;
  readonly columnOrder: readonly string[];
  readonly ignoreGlobalFilters?: boolean;
};

/** What the kinds of visualization say of their columns. */
export type Visualization = {
  readonly columns?: readonly { readonly columnId: string; readonly width?: number; readonly hidden?: true }[];
  readonly sorting?: { readonly columnId: string; readonly direction: string };
  readonly legend?: { readonly isVisible: boolean; readonly shouldTruncate?: boolean };
  readonly layers?: readonly {
    readonly layerId: string;
    readonly accessors?: readonly string[];
    readonly splitAccessor?: string;
    readonly yConfig?: readonly { readonly forAccessor: string; readonly color?: string }[];
    readonly colorMapping?: object;
  }[];
};

export type Panel = {
  readonly type: string;
  readonly title: string;
  readonly panelIndex: string;
  readonly panelRefName?: string;
  readonly gridData: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
    readonly i: string;
  };
  readonly embeddableConfig: {
    readonly hidePanelTitles?: boolean;
    readonly timeRange?: { readonly from: string };
    readonly enhancements?: {
      readonly dynamicActions?: {
        readonly events: readonly { readonly eventId: string; readonly action: { readonly factoryId: string } }[];
      };
    };
    readonly attributes?: unknown;
  };
};
/** Of a panel whose type is `lens`. */
export type LensAttributes = {
  readonly visualizationType: string;
  readonly references: readonly Reference[];
  readonly state: {
    readonly visualization: Visualization;
    readonly query: { readonly query: string };
    readonly datasourceStates: { readonly formBased: { readonly layers: Readonly<Record<string, Layer>> } };
  };
};
export const lensOf = ({ type, embeddableConfig }: Panel): LensAttributes | undefined =>
  type === 'lens' ? (embeddableConfig.attributes as LensAttributes) : undefined;
