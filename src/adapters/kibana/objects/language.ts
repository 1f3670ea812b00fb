/** Two languages beside each other: each text in both, and an id for each, so that neither installation replaces the other. */
import type { Language } from '../../../sdk/kibana.ts';

export type { Language };
export type Text = Readonly<Record<Language, string>>;

/** The id of a saved object in one language; what it refers to goes by the same rule. */
export const idIn = (id: string, language: Language): string => (language === 'en' ? id : `${id}-${language}`);
