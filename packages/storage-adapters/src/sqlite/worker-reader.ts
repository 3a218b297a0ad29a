import { Worker } from "node:worker_threads";
import { StorageError } from "@recallkit/core";
import type { SqlValue } from "../sql/parameters.js";
import { libsqlPath } from "./driver.js";
import type { Row, SqliteDriver } from "./handle.js";
import { READ_WORKER } from "./read-worker.generated.js";
import { toStorageError } from "./sqlite-error.js";

/** Reads in another thread, so that a long statement does not hold up this one. */
export interface WorkerReader {
  /** Rows as the driver gave them, committed data only; statements run one after another. */
  read(sql: string, parameters: readonly SqlValue[]): Promise<readonly Row[]>;
  /** Waits for the reads under way, then ends the thread. */
  close(): Promise<void>;
}

interface Pending {
  resolve(rows: readonly Row[]): void;
  reject(error: unknown): void;
}
interface Answer {
  readonly id: number;
  readonly rows?: readonly Row[];
  readonly error?: { readonly message: string };
}

/**
 * A reader whose thread starts with the first read, does not keep the process alive while idle, and is started anew after a crash.
 *
 * @param script text of the thread's program, in CommonJS form
 */
export function workerReader(file: string, driver: SqliteDriver["name"], script: string = READ_WORKER): WorkerReader {
  let thread: { worker: Worker; pending: Map<number, Pending>; ended: Promise<void> } | undefined;
  let lastId = 0;

  function start() {
    // No flags of this process: a loader of it would be loaded again. The one flag spares a second ExperimentalWarning.
    const execArgv = ["--disable-warning=ExperimentalWarning"];
    const workerData = { file, driver, ...(driver === "libsql" && { driverPath: libsqlPath() }) };
    const worker = new Worker(script, { eval: true, workerData, execArgv });
    const pending = new Map<number, Pending>();
    let cause: unknown;
    const ended = new Promise<void>((resolve) => {
      worker.on("exit", () => {
        if (thread?.worker === worker) thread = undefined;
        for (const { reject } of pending.values()) reject(lost(cause));
        resolve();
      });
    });
    worker.on("error", (error) => {
      cause = error;
      if (thread?.worker === worker) thread = undefined; // already dying: the next read needs another one
    });
    worker.on("message", (answer: Answer) => {
      const request = pending.get(answer.id);
      pending.delete(answer.id);
      if (pending.size === 0) worker.unref();
      if (answer.error) request?.reject(toStorageError(Object.assign(new Error(), answer.error)));
      else request?.resolve(answer.rows ?? []);
    });
    worker.unref();
    return { worker, pending, ended };
  }

  return {
    read(sql, parameters) {
      thread ??= start();
      const { worker, pending } = thread;
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        worker.ref();
        worker.postMessage({ id, sql, parameters });
      });
    },
    async close() {
      if (!thread) return;
      const { worker, ended } = thread;
      worker.ref();
      worker.postMessage("close");
      await ended;
    },
  };
}

function lost(cause: unknown): StorageError {
  return new StorageError("storage.unavailable", "the reading thread ended", {
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}
