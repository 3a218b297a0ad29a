import type { Logger } from "@recallkit/core";
import { type DestinationStream, destination, pino } from "pino";
import { type Redact, redaction } from "./frame/redaction.js";

/** Log levels, from chatty to none. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "silent";

/** Options of {@link jsonLogger}. */
export interface JsonLoggerOptions {
  /** @default standard error, so that standard output stays for people */
  readonly stream?: DestinationStream;
  /** Secrets of this installation; they are taken out of every text. @default none */
  readonly secrets?: readonly string[];
}

/** Lines of JSON; events are the `msg`. Secrets, tokens, phone numbers and names are not written. */
export function jsonLogger(level: LogLevel, options: JsonLoggerOptions = {}): Logger {
  const { stream = destination({ fd: 2, sync: true }), secrets = [] } = options;
  const redact: Redact = redaction(secrets);
  const log = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: redact },
    },
    stream,
  );
  return {
    debug: (event, fields) => log.debug(fields ?? {}, event),
    info: (event, fields) => log.info(fields ?? {}, event),
    warn: (event, fields) => log.warn(fields ?? {}, event),
    error: (event, fields) => log.error(fields ?? {}, event),
  };
}
