/** Law 3 off across rollovers: no older index is ever looked at, and nothing that comes of it is repaired. */
import { mutate } from './mutate.ts';

mutate('src/adapters/elasticsearch/backing-indices.ts', 'indices.slice(0, -1).filter', 'indices.slice(0, 0).filter');
mutate('src/adapters/elasticsearch/duplicates.ts', 'if (order.length < 2) return;', 'if (order.length > 0) return;');
