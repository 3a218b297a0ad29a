/** Named facts of a log line. Never a secret, a token, a phone number, a name or message text. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** The part of a logger that RecallKit calls; pino and console-like loggers are wrapped in a line or two. */
export interface Logger {
  /** For whoever looks for a fault. */
  debug(event: string, fields?: LogFields): void;
  /** Something happened as it should. */
  info(event: string, fields?: LogFields): void;
  /** Somebody should look at it when they have time. */
  warn(event: string, fields?: LogFields): void;
  /** Somebody should look at it now. */
  error(event: string, fields?: LogFields): void;
}

/** Says nothing. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Warnings and errors as one line of JSON on standard error; the default of `createRecallKit`. */
export const warningLogger: Logger = {
  debug() {},
  info() {},
  warn: (event, fields) => console.error(JSON.stringify({ level: "warn", event, ...fields })),
  error: (event, fields) => console.error(JSON.stringify({ level: "error", event, ...fields })),
};
