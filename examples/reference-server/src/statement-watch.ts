import type { Logger } from "@recallkit/core";
import type { Metrics } from "./modules/metrics/metrics.js";

/** Longest text of a statement in a line of the log. */
const MOST_CHARACTERS = 2000;

/**
 * Looks at the statements of the database: all of them are measured, slow ones are logged. Their texts hold no values.
 *
 * @param slowMs from here on a statement is slow; 0: none is
 */
export function statementWatch(
  metrics: Pick<Metrics, "statement">,
  logger: Logger,
  slowMs: number,
): (sql: string, ms: number) => void {
  return (sql, ms) => {
    const isSlow = slowMs > 0 && ms >= slowMs;
    metrics.statement(sql, ms / 1000, isSlow);
    if (isSlow) {
      const text = sql.replace(/\s+/g, " ").trim().slice(0, MOST_CHARACTERS);
      logger.warn("storage.slow-statement", { ms: Math.round(ms), sql: text });
    }
  };
}
