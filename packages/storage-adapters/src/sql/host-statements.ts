import type { Kysely, KyselyPlugin, QueryId } from "kysely";

const statements = new WeakSet<QueryId>();

const marking: KyselyPlugin = {
  transformQuery({ node, queryId }) {
    statements.add(queryId);
    return node;
  },
  transformResult: async ({ result }) => result,
};

/**
 * The same database for statements of the application about tables of its own: values go to the driver and come from it as
 * the application is used to, where the stores' own are held to the few kinds that every engine keeps alike.
 */
export function forHost<DB>(kysely: Kysely<DB>): Kysely<DB> {
  return kysely.withPlugin(marking);
}

/** Whether a statement is one of the application. */
export function isHostStatement(queryId: QueryId | undefined): boolean {
  return queryId !== undefined && statements.has(queryId);
}
