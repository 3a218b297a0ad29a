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

/** Variables that ask for an engine which this version does not have. */
const LATER_ENGINES: Readonly<Record<string, string>> = {
  REDIS_URL: "this version needs no Redis and cannot use one; unset it",
  REDIS_HOST: "this version needs no Redis and cannot use one; unset it",
  RABBITMQ_URL: "this version needs no RabbitMQ and cannot use one; unset it",
  RABBITMQ_HOST: "this version needs no RabbitMQ and cannot use one; unset it",
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

/** Names and defaults of the parts in which a server may be given; the first name that is set counts. */
const PARTS = [
  {
    scheme: "postgres",
    host: ["POSTGRES_HOST"],
    port: ["POSTGRES_PORT"],
    user: ["POSTGRES_USER"],
    password: ["POSTGRES_PASSWORD"],
    database: ["POSTGRES_DB"],
    defaults: { port: "5432", user: "postgres" },
  },
  {
    scheme: "mysql",
    host: ["DB_HOST"],
    port: ["DB_PORT"],
    user: ["DB_USER", "DB_USERNAME"],
    password: ["DB_PASSWORD"],
    database: ["DB_NAME", "DB_DATABASE"],
    defaults: { port: "3306", user: "root" },
  },
] as const;

/** A database server given in parts (`POSTGRES_HOST`, `POSTGRES_PORT` …, or `DB_HOST` … for MySQL), as a URL. */
export function databaseInParts(environment: Environment): string | undefined {
  const first = (names: readonly string[]) => names.map((name) => environment[name]?.trim()).find(Boolean);
  for (const { scheme, defaults, ...names } of PARTS) {
    const host = first(names.host);
    if (host === undefined) continue;
    const password = first(names.password);
    const user = first(names.user) ?? defaults.user;
    const login = [user, ...(password === undefined ? [] : [password])].map(encodeURIComponent).join(":");
    const place = `${host}:${first(names.port) ?? defaults.port}`;
    return `${scheme}://${login}@${place}/${encodeURIComponent(first(names.database) ?? "recallkit")}`;
  }
  return undefined;
}

/** Faults of variables that ask for engines of later versions. */
export function laterEngineFaults(environment: Environment): readonly EnvironmentFault[] {
  return Object.entries(LATER_ENGINES)
    .filter(([variable]) => Boolean(environment[variable]?.trim()))
    .map(([variable, message]) => ({ variable, message }));
}
