/** Attacks that only the order of their steps, or a whole day, gives away. All of it lies in the last day before the end. */
import { CONTACTS_RANGE, CONTENT, GET_USER, HOUR, MINUTE, ONE_PLACE, SECRETS, TOKEN } from './apis.ts';
import { BAD_SECRET } from './call.ts';
import type { App } from './company.ts';
import { at } from './operations.ts';
import { foreignAddress, spread, type Attack, type Stage } from './stage.ts';

/** When such an attack begins: early enough for all of its steps. */
const begin = ({ random, to }: Stage): number => to - (10 + random.below(4)) * HOUR - random.below(20 * MINUTE);

function guessed(stage: Stage, app: App): Attack {
  const { random } = stage;
  const start = begin(stage);
  return {
    rule: 'secret-refused-then-accepted',
    story: 'secrets of an app are tried from one network, and the right one is used from another',
    calls: [
      ...spread(random, 3 + random.below(8), start, 20 * MINUTE, () => ({
        app,
        ip: '198.18.7.7',
        key: TOKEN,
        failure: BAD_SECRET,
      })),
      { app, ip: foreignAddress(random), key: TOKEN, time: start + (21 + random.below(30)) * MINUTE },
    ],
    habits: spread(random, 6, start - 20 * HOUR, 19 * HOUR, () => ({ ...at(app), key: TOKEN })),
  };
}

function granted(stage: Stage, app: App): Attack {
  const { random, named } = stage;
  const start = begin(stage);
  return {
    rule: 'scope-granted-then-used',
    story: 'an app is given more by another one, and takes within the hour what it never took',
    calls: [
      { ...at(named('Alerting')), key: CONTACTS_RANGE, path: { app_id: app.id }, time: start },
      { ...at(app), key: 'POST/open-apis/corehr/v2/employees/search', time: start + (5 + random.below(45)) * MINUTE },
    ],
    habits: [],
  };
}

function replaced(stage: Stage, app: App): Attack {
  const { random, named } = stage;
  const start = begin(stage);
  return {
    rule: 'secret-reset-then-new-network',
    story: 'the secret of an app is replaced, and the app works from elsewhere since',
    calls: [
      { ...at(named('Alerting')), key: SECRETS, path: { app_id: app.id }, time: start },
      ...spread(random, 4, start + (1 + random.below(7)) * HOUR, 10 * MINUTE, () => ({
        app,
        ip: '198.18.9.9',
        key: GET_USER,
      })),
    ],
    habits: spread(random, 5, start - 6 * HOUR, 5 * HOUR, () => ({ ...at(app), key: GET_USER })),
  };
}

function takenSlowly({ random, to }: Stage, app: App): Attack {
  return {
    rule: 'slow-export',
    story: 'documents are taken out all day long, never many at once',
    calls: spread(random, 700 + random.below(200), to - 22 * HOUR, 20 * HOUR, (index) => ({
      ...at(app),
      key: CONTENT[index % CONTENT.length] as string,
      path: ONE_PLACE,
      query: { page_token: `${index}` },
    })),
    habits: [],
  };
}

/** `victim` gives an app that nobody else has taken. */
export const sequences = (stage: Stage, victim: () => App): Attack[] =>
  [guessed, granted, replaced, takenSlowly].map((attack) => attack(stage, victim()));
