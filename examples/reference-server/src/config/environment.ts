/** Variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Other names of variables, tried in this order when the variable itself is unset. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  DATABASE_URL: ["POSTGRES_URL"],
  WECOM_CORP_ID: ["WECHAT_CORP_ID", "WEWORK_CORP_ID"],
  WECOM_SECRET: ["WECHAT_SECRET", "WEWORK_SECRET"],
  WECOM_BASE_URL: ["WECHAT_BASE_URL", "WEWORK_BASE_URL"],
  WECOM_MINI_PROGRAM_APP_ID: ["WECHAT_MINI_PROGRAM_APP_ID", "WEWORK_MINI_PROGRAM_APP_ID"],
};

/** Variables that ask for an engine which this version does not have; the last ones only while `DATABASE_URL` is unset. */
const LATER_ENGINES: Readonly<Record<string, string>> = {
  REDIS_URL: "this version needs no Redis and cannot use one; unset it",
  REDIS_HOST: "this version needs no Redis and cannot use one; unset it",
  RABBITMQ_URL: "this version needs no RabbitMQ and cannot use one; unset it",
  RABBITMQ_HOST: "this version needs no RabbitMQ and cannot use one; unset it",
};
const LATER_DATABASES: Readonly<Record<string, string>> = {
  DB_HOST: "names a MySQL server; this version runs on sqlite: and postgres:, set DATABASE_URL",
};

/** One thing that is wrong with the environment; never holds a value. */
export interface EnvironmentFault {
  readonly variable: string;
  readonly message: string;
}

/** The named variables that are set, after aliases; an empty text counts as unset. */
export function readVariables(environment: Environment, names: readonly string[]) {
  const values: Record<string, string> = {};
  /** Where each value came from. */
  const origins: Record<string, string> = {};
  for (const name of names) {
    const origin = [name, ...(ALIASES[name] ?? [])].find((candidate) => environment[candidate]?.trim());
    if (origin === undefined) continue;
    values[name] = environment[origin]?.trim() ?? "";
    origins[name] = origin;
  }
  return { values, origins };
}

/** A PostgreSQL server given in parts (`POSTGRES_HOST`, `_PORT`, `_USER`, `_PASSWORD`, `_DB`), as a URL. */
export function postgresInParts(environment: Environment): string | undefined {
  const part = (name: string) => environment[`POSTGRES_${name}`]?.trim() || undefined;
  const host = part("HOST");
  if (host === undefined) return undefined;
  const {
    USER = "postgres",
    PORT = "5432",
    DB = "recallkit",
    PASSWORD,
  } = {
    USER: part("USER"),
    PORT: part("PORT"),
    DB: part("DB"),
    PASSWORD: part("PASSWORD"),
  };
  const login = [USER, ...(PASSWORD === undefined ? [] : [PASSWORD])].map(encodeURIComponent).join(":");
  return `postgres://${login}@${host}:${PORT}/${encodeURIComponent(DB)}`;
}

/** Faults of variables that ask for engines of later versions. */
export function laterEngineFaults(environment: Environment): readonly EnvironmentFault[] {
  const isSet = (name: string) => Boolean(environment[name]?.trim());
  const refused = isSet("DATABASE_URL") ? LATER_ENGINES : { ...LATER_ENGINES, ...LATER_DATABASES };
  return Object.entries(refused)
    .filter(([variable]) => isSet(variable))
    .map(([variable, message]) => ({ variable, message }));
}
