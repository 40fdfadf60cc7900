/** Lists that come in pages. A page is requested when it is needed. */

import type { Api } from "./api.js";

/** Filters of a list. */
export type Query = Record<string, string | number | boolean | null | undefined>;

/** Yields all items. `field` has those of a page. */
export async function* pages<T>(api: Api, path: string, field: string, query: Query): AsyncGenerator<T, void, void> {
  for (let cursor: unknown = query.cursor; ; ) {
    const data = (await api.call("GET", path, { query: { ...query, cursor } })).data as Record<string, unknown> | null;
    yield* (data?.[field] ?? []) as T[];
    cursor = data?.nextCursor;
    if (!cursor) return;
  }
}
