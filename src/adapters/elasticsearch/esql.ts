/** ES|QL, by the client. */
import { orUnavailable, statusOf, type Elasticsearch, type estypes } from './client.ts';

type Answer = {
  readonly columns: readonly { readonly name: string }[];
  readonly values: readonly (readonly unknown[])[];
};

/** Rows by column of an answer as Elasticsearch gives it: columns, and rows of values. */
export const rowsOf = ({ columns, values }: Answer): Readonly<Record<string, unknown>>[] =>
  values.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));

/** Asks over the documents that match `filter`. The asker throws DestinationUnavailableError. */
export const esqlAsker =
  (client: Elasticsearch) =>
  async (query: string, filter: estypes.QueryDslQueryContainer): Promise<Readonly<Record<string, unknown>>[]> => {
    const request = { query, filter, allow_partial_results: false } as estypes.EsqlQueryRequest;
    const asked = client.esql.query(request);
    return rowsOf(await orUnavailable('asking by ES|QL', asked));
  };

/** Whether this Elasticsearch has ES|QL: every one that Elastic distributes has, but not the bare one that the demo starts. */
export async function hasEsql(client: Elasticsearch): Promise<boolean> {
  try {
    await client.esql.query({ query: 'ROW there = true' });
    return true;
  } catch (error) {
    // There it is the name of an index, which takes no question. What else is wrong is told by the first rule.
    return statusOf(error) !== 405;
  }
}
