/** Law 3 off across rollovers: no older index is ever looked at. */
import { mutate } from './mutate.ts';

mutate('src/elasticsearch/backing-indices.ts', '.slice(0, -1)', '.slice(0, 0)');
