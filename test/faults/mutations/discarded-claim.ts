/** A proof that drops whatever a later reading overlaps, and takes the rest of it for proven all the same. */
import { mutate } from './mutate.ts';

mutate('src/core/proof/reading.ts', 'return subtract([range], later).length === 0;', 'return later.length > 0;');
mutate('src/core/proof/judge.ts', 'lacksIn(range, accounts)', 'lacksIn({ ...range, parts: kept }, accounts)');
