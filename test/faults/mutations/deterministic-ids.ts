/** Law 3 off: the same record gets another id each time. */
import { mutate } from './mutate.ts';

mutate('src/sdk/document-id.ts', 'String(eventTime.getTime())', 'String(Math.random())');
