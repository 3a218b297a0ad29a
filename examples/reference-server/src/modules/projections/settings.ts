import type { EnvironmentValues } from "../../config/variables.js";

/** Stores beside the ledger; undefined: not used, and the ledger answers instead. */
export interface ProjectionSettings {
  readonly clickhouse:
    | {
        readonly host: string;
        readonly port: number;
        readonly database: string;
        readonly username: string | undefined;
        readonly password: string | undefined;
      }
    | undefined;
  readonly qdrant: { readonly host: string; readonly port: number; readonly apiKey: string | undefined } | undefined;
  readonly nebula:
    | {
        readonly host: string;
        readonly port: number;
        readonly space: string;
        readonly username: string;
        readonly password: string;
      }
    | undefined;
}

/** Reads the settings. */
export function projectionsIn(known: EnvironmentValues): ProjectionSettings {
  const { CLICKHOUSE_HOST: clickhouse, QDRANT_HOST: qdrant, NEBULA_HOST: nebula } = known;
  return {
    clickhouse:
      clickhouse === undefined
        ? undefined
        : {
            host: clickhouse,
            port: known.CLICKHOUSE_PORT ?? 8123,
            database: known.CLICKHOUSE_DB ?? "revisit",
            username: known.CLICKHOUSE_USER,
            password: known.CLICKHOUSE_PASSWORD,
          },
    qdrant:
      qdrant === undefined
        ? undefined
        : { host: qdrant, port: known.QDRANT_PORT ?? 6333, apiKey: known.QDRANT_API_KEY },
    nebula:
      nebula === undefined
        ? undefined
        : {
            host: nebula,
            port: known.NEBULA_PORT ?? 9669,
            space: known.NEBULA_SPACE ?? "revisit",
            username: known.NEBULA_USER ?? "root",
            password: known.NEBULA_PASSWORD ?? "",
          },
  };
}
