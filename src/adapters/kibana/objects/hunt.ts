/** Hunts: saved queries in Kibana, and a section of `docs/analyst.md`. */
import type { SavedObject } from '../../../sdk/kibana.ts';
import type { DataView } from './dashboard.ts';
import { idIn, type Language, type Text } from './language.ts';
import { savedObject } from './saved-object.ts';

export type Hunt = {
  /** Its place among all hunts. */
  readonly number: number;
  /** The last part of its id. */
  readonly key: string;
  /** Kibana's menu shows some forty characters of it. */
  readonly name: Text;
  readonly question: Text;
  /** How to go on from what it shows. */
  readonly hint: Text;
  readonly dataView: DataView;
  /** Narrow enough that an ordinary day fits on a screen: what is here is worth reading line by line. */
  readonly query: string;
};

export function huntObject(hunt: Hunt, language: Language): SavedObject {
  const { key, number, name, question, hint, dataView, query } = hunt;
  return savedObject('query', idIn(`shenji-hunt-${key}`, language), {
    title: `[shenji] ${String(number).padStart(2, '0')} ${name[language]}`,
    // A saved query keeps no data view, and its description is plain text.
    description: `${question[language]} ${hint[language].replaceAll('`', '')} (${dataView.name[language]})`,
    query: { query, language: 'kuery' },
    filters: [],
  });
}
