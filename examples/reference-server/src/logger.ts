import type { Logger } from "@recallkit/core";
import { type DestinationStream, destination, pino } from "pino";

/** Names whose values are never written, wherever they stand. */
const SECRET_NAMES = [
  "authorization",
  "cookie",
  "password",
  "secret",
  "secretKey",
  "token",
  "access_token",
  "mobile",
  "email",
];

/** Log levels, from chatty to none. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "silent";

/** Lines of JSON; events are the `msg`. @param stream @default standard error, so that standard output stays for people */
export function jsonLogger(level: LogLevel, stream: DestinationStream = destination({ fd: 2, sync: true })): Logger {
  const log = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`]), censor: "[redacted]" },
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
