/** Law 3 off across rollovers: no older index is ever looked at. */
import { mutate } from './mutate.ts';

mutate('src/elasticsearch/backing-indices.ts', 'indices.slice(0, -1).filter', 'indices.slice(0, 0).filter');
