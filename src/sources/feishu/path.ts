/** Paths and path templates of Feishu's OpenAPI: `/open-apis/contact/v3/users/:user_id`, at times with `{user_id}`. */

/** Without the empty ones that slashes at either end leave. */
export const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

/** Whether any value may stand in its place. */
export const isParameter = (segment: string): boolean => /^[:{]/.test(segment);
