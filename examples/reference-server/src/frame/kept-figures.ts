import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type RawBuilder, sql } from "kysely";

/** Figures that are kept beside the rows which they count, and can be counted anew from these. */
export interface KeptFigures {
  /** As `doctor --deep` names them. */
  readonly name: string;
  /** Figures that are not what their rows give, of all tenants. @param limit most of them that are told */
  differing(stores: Pick<SqlStores, "sql">, limit: number): Promise<readonly DifferingFigures[]>;
}

/** Figures of one thing, kept and counted anew. */
export interface DifferingFigures {
  readonly tenantId: number;
  /** What they are of: an id, or a place and a time. */
  readonly of: string;
  readonly kept: readonly number[];
  readonly counted: readonly number[];
}

/** A table of figures and the rows that it counts, each as a statement with the same columns. */
export interface FigureStatements {
  readonly name: string;
  /** Columns that name a row beside the tenant. */
  readonly keys: readonly string[];
  readonly figures: readonly string[];
  /** Gives tenant_id, the keys and the figures of what is kept. */
  readonly kept: RawBuilder<unknown>;
  /** Gives the same, counted. */
  readonly counted: RawBuilder<unknown>;
}

/** Compares what is kept with what is counted, in one statement; what only one side has differs from nothing. */
export function keptFigures({ name, keys, figures, kept, counted }: FigureStatements): KeptFigures {
  const names = [...keys, ...figures].map((column) => sql.ref(column));
  const columns = sql.join(names);
  const sides = figures.flatMap((figure) =>
    (["kept", "counted"] as const).map(
      (side) =>
        sql`sum(case when side = ${sql.lit(side)} then ${sql.ref(figure)} else 0 end) as ${sql.ref(`${side}_${figure}`)}`,
    ),
  );
  const differs = figures.map((figure) => sql`${sql.ref(`kept_${figure}`)} <> ${sql.ref(`counted_${figure}`)}`);
  return {
    name,
    async differing(stores, limit) {
      const { rows } = await sql<Record<string, string | number>>`select * from (
        select tenant_id, ${sql.join(keys.map((key) => sql.ref(key)))}, ${sql.join(sides)} from (
          select 'kept' as side, tenant_id, ${columns} from (${kept}) as k
          union all select 'counted' as side, tenant_id, ${columns} from (${counted}) as c
        ) as both_sides group by tenant_id, ${sql.join(keys.map((key) => sql.ref(key)))}
      ) as summed where ${sql.join(differs, sql` or `)} limit ${sql.lit(limit)}`.execute(stores.sql);
      return rows.map((row) => ({
        tenantId: Number(row.tenant_id),
        of: keys.map((key) => String(row[key])).join(" "),
        kept: figures.map((figure) => Number(row[`kept_${figure}`])),
        counted: figures.map((figure) => Number(row[`counted_${figure}`])),
      }));
    },
  };
}
