/** Tags: one on everything, and one for each area. They are shared by both languages. */

export type Tag = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly color: string;
};

/** On everything that shenji brings. */
export const TAG: Tag = {
  id: 'shenji-tag',
  name: 'shenji',
  description: 'Everything that "shenji setup" brings',
  color: '#0077CC',
};
