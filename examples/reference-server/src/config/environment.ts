/** Variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Other names of variables, tried in this order when the variable itself is unset. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  DATABASE_URL: ["POSTGRES_URL"],
  WECOM_CORP_ID: ["WECHAT_CORP_ID", "WEWORK_CORP_ID"],
  WECOM_SECRET: ["WECHAT_SECRET", "WEWORK_SECRET"],
  WECOM_BASE_URL: ["WECHAT_BASE_URL", "WEWORK_BASE_URL"],
  ALIYUN_ACCESS_KEY_ID: ["ALIBABA_CLOUD_ACCESS_KEY_ID"],
  ALIYUN_ACCESS_KEY_SECRET: ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
  TENCENT_SECRET_ID: ["TENCENTCLOUD_SECRET_ID"],
  TENCENT_SECRET_KEY: ["TENCENTCLOUD_SECRET_KEY"],
  YUNPIAN_API_KEY: ["YUNPIAN_APIKEY"],
  WECOM_CALLBACK_TOKEN: ["WECHAT_CALLBACK_TOKEN", "WEWORK_CALLBACK_TOKEN"],
  WECOM_CALLBACK_AES_KEY: ["WECHAT_CALLBACK_AES_KEY", "WEWORK_CALLBACK_AES_KEY"],
  WECOM_MINI_PROGRAM_APP_ID: ["WECHAT_MINI_PROGRAM_APP_ID", "WEWORK_MINI_PROGRAM_APP_ID"],
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
interface Parts {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
  readonly user: readonly string[];
  readonly password: string;
  readonly path: readonly string[];
  readonly defaults: { readonly port: string; readonly user?: string; readonly path: string };
}

const DATABASES: readonly Parts[] = [
  {
    scheme: "postgres",
    host: "POSTGRES_HOST",
    port: "POSTGRES_PORT",
    user: ["POSTGRES_USER"],
    password: "POSTGRES_PASSWORD",
    path: ["POSTGRES_DB"],
    defaults: { port: "5432", user: "postgres", path: "recallkit" },
  },
  {
    scheme: "mysql",
    host: "DB_HOST",
    port: "DB_PORT",
    user: ["DB_USER", "DB_USERNAME"],
    password: "DB_PASSWORD",
    path: ["DB_NAME", "DB_DATABASE"],
    defaults: { port: "3306", user: "root", path: "recallkit" },
  },
];

const REDIS: Parts = {
  scheme: "redis",
  host: "REDIS_HOST",
  port: "REDIS_PORT",
  user: ["REDIS_USER"],
  password: "REDIS_PASSWORD",
  path: ["REDIS_DB"],
  defaults: { port: "6379", path: "0" },
};

const RABBITMQ: Parts = {
  scheme: "amqp",
  host: "RABBITMQ_HOST",
  port: "RABBITMQ_PORT",
  user: ["RABBITMQ_USER"],
  password: "RABBITMQ_PASSWORD",
  path: ["RABBITMQ_VHOST"],
  defaults: { port: "5672", path: "/" },
};

/** A database server given in parts (`POSTGRES_HOST`, `POSTGRES_PORT` …, or `DB_HOST` … for MySQL), as a URL. */
export function databaseInParts(environment: Environment): string | undefined {
  return DATABASES.map((parts) => urlOf(environment, parts)).find((url) => url !== undefined);
}

/** A Redis given in parts (`REDIS_HOST`, `REDIS_PORT` …), as a URL. */
export function redisInParts(environment: Environment): string | undefined {
  return urlOf(environment, REDIS);
}

/** A RabbitMQ given in parts (`RABBITMQ_HOST`, `RABBITMQ_PORT` …), as a URL. */
export function rabbitmqInParts(environment: Environment): string | undefined {
  return urlOf(environment, RABBITMQ);
}

function urlOf(environment: Environment, { scheme, defaults, ...names }: Parts): string | undefined {
  const part = (...candidates: readonly string[]) => candidates.map((name) => environment[name]?.trim()).find(Boolean);
  const host = part(names.host);
  if (host === undefined) return undefined;
  const user = part(...names.user) ?? defaults.user;
  const password = part(names.password);
  const login =
    password === undefined
      ? user && encodeURIComponent(user)
      : `${encodeURIComponent(user ?? "")}:${encodeURIComponent(password)}`;
  const place = `${host}:${part(names.port) ?? defaults.port}/${encodeURIComponent(part(...names.path) ?? defaults.path)}`;
  return login === undefined ? `${scheme}://${place}` : `${scheme}://${login}@${place}`;
}
