import { ConflictError, InputError, RecallKitError } from "@recallkit/core";
import { compose } from "@recallkit/http";
import { importRows, type Mapping, openTable, rejectsFile } from "@recallkit/import";
import type { ServerContext } from "../../frame/context.js";
import { recordAudit } from "../audit/service.js";
import { type ImportProgress, startActive } from "./active.js";
import { type ChunkLog, chunkedKit } from "./chunked-kit.js";
import { chunksOf, forgetChunks, insertChunk } from "./chunks.js";
import { figuresOf } from "./figures.js";
import { fileOf, rejectsOf } from "./files.js";
import type { ImportFailure, ImportJob, ImportState } from "./job.js";
import { rowKindOf } from "./kinds.js";
import { importRowKind } from "./row-run.js";
import { changeJob, getJob, type JobChange } from "./store.js";
import { keepTurn, type Turn } from "./turn.js";

/** Why an import was ended from outside. */
type Ending = "cancelled" | "lost" | "stopped";

/** Rows of one transaction. */
const CHUNK_ROWS = 2000;
/** How long a turn is held without a word, ms. */
const TURN_MS = 60_000;

/** How long a turn is held without a word, ms. */
export function turnMs({ config }: Pick<ServerContext, "config">): number {
  return config.timings.leaseMs ?? TURN_MS;
}

/**
 * Runs an import to its end, from where the process before got to. Whoever holds the turn runs it alone: a chunk is committed
 * only together with a turn that is still held.
 */
export async function runImport(
  context: ServerContext,
  job: ImportJob,
  turn: Turn,
  stopping: AbortSignal,
  chunkRows = CHUNK_ROWS,
): Promise<void> {
  const { stores, clock, logger } = context;
  const ended = new AbortController();
  const end = (why: Ending) => ended.abort(why);
  const stop = () => end("stopped");
  stopping.addEventListener("abort", stop, { once: true });
  const active = startActive(stores, job.id, () => end("cancelled"));
  const watched = watch(context, job, turn, end, ended.signal);
  const { id, tenantId, isDryRun } = job;
  if (job.isCancelled) end("cancelled");
  else if (stopping.aborted) stop();
  try {
    await changeJob(stores, job, ["queued", "running"], {
      state: "running",
      startedAt: clock.now(),
      updatedAt: clock.now(),
    });
    logger.info("import.started", { tenantId, import: id, isDryRun });
    const { figures, rejects } = await imported(context, job, turn, {
      end,
      signal: ended.signal,
      chunkRows,
      onProgress: active.tell,
    });
    await finish(
      context,
      job,
      isDryRun ? { state: "draft", dryRun: figures, rejects } : { state: "done", result: figures, rejects },
    );
  } catch (error) {
    const why: Ending | undefined = ended.signal.aborted ? ended.signal.reason : undefined;
    // Another turn goes on with it: the next process's, or ours once the database answers again.
    if (why === "stopped" || why === "lost" || isPassing(error)) {
      logger.warn("import.interrupted", { tenantId, import: id, why: why ?? codeOf(error) });
      return;
    }
    if (why === "cancelled") await finish(context, job, { state: isDryRun ? "draft" : "cancelled", error: null });
    else {
      if (!RecallKitError.is(error)) logger.error("import.failed", { tenantId, import: id, ...described(error) });
      await finish(context, job, { state: "failed", error: failureOf(error) });
    }
  } finally {
    ended.abort("done");
    stopping.removeEventListener("abort", stop);
    active.end();
    await watched;
  }
}

/** Reads the file and takes its rows over. @returns what that did, and how many rows were rejected */
async function imported(
  context: ServerContext,
  job: ImportJob,
  turn: Turn,
  options: {
    readonly end: (why: Ending) => void;
    readonly signal: AbortSignal;
    readonly chunkRows: number;
    readonly onProgress: (progress: ImportProgress) => void;
  },
): Promise<{ readonly figures: unknown; readonly rejects: number }> {
  const { kit, stores, config, clock } = context;
  const { end, signal, chunkRows, onProgress } = options;
  const { texts } = compose(context.modules);
  const rejects = rejectsFile(rejectsOf(config, job), {
    textOf: (row) => texts.faultMessage(row, job.language),
  });
  const bytes = { done: 0, total: job.bytes };
  const table = await openTable(fileOf(config, job), {
    ...job.reading,
    signal,
    temporaryFolder: config.imports.folder,
    onProgress: (done, total) => Object.assign(bytes, { done, total }),
  });
  try {
    let done = job.doneRows;
    const chunks = await chunksOf(stores, job.id);
    let number = chunks.length;
    const log: ChunkLog = {
      done: chunks,
      chunkRows,
      async keep(write) {
        const chunk = await stores.transaction(async (tx) => {
          const written = await write();
          await insertChunk(tx, job.id, number, written);
          const now = clock.now();
          // Somebody else's turn: what was written goes back with the transaction.
          if (!(await keepTurn(tx, turn, now + turnMs(context)))) {
            end("lost");
            throw new ConflictError("import.turn-lost", "another process runs this import by now");
          }
          await changeJob(tx, job, ["running"], { doneRows: done + written.items, updatedAt: now });
          return written;
        });
        number += 1;
        done += chunk.items;
        if ((await getJob(stores, job.tenantId, job.id)).isCancelled) end("cancelled");
        return chunk;
      },
    };
    const kind = rowKindOf(job.mapping?.kind);
    if (kind) {
      const onRows = (rows: number) => onProgress({ phase: "write", rows, bytes: bytes.done, totalBytes: bytes.total });
      const figures = await importRowKind(context, job, kind, table, { ...log, signal, rejects, onRows });
      const count = rejects.count();
      await rejects.close();
      return { figures, rejects: count };
    }
    const result = await importRows(chunkedKit(kit.forTenant(job.tenantId), log), table, job.mapping as Mapping, {
      dryRun: job.isDryRun,
      signal,
      rejects,
      scratchFolder: config.imports.folder,
      onProgress: ({ phase, rows }) => onProgress({ phase, rows, bytes: bytes.done, totalBytes: bytes.total }),
    });
    const count = rejects.count();
    await rejects.close();
    // What the table itself has to say of its cells: digits that a workbook lost, formulas without a value.
    const warnings = [...result.warnings, ...table.warnings.map((one) => ({ path: "", ...one }))];
    return { figures: figuresOf({ ...result, warnings }), rejects: count };
  } finally {
    await rejects.discard();
    await table.close();
  }
}

/** Keeps the turn, and looks whether somebody asked for the end, for as long as the import runs. */
async function watch(
  context: ServerContext,
  job: ImportJob,
  turn: Turn,
  end: (why: Ending) => void,
  signal: AbortSignal,
): Promise<void> {
  const { stores, clock } = context;
  const forMs = turnMs(context);
  while (!signal.aborted) {
    await clock.sleep(Math.ceil(forMs / 3), signal);
    if (signal.aborted) return;
    try {
      if (!(await keepTurn(stores, turn, clock.now() + forMs))) end("lost");
      else if ((await getJob(stores, job.tenantId, job.id)).isCancelled) end("cancelled");
    } catch {
      // A dry run on SQLite keeps every other write waiting, ours too, and so those of whoever might take the turn.
    }
  }
}

/** Ends an import: its state, what is to be told of it, the audit, in one transaction. */
async function finish(
  { stores, clock, logger }: ServerContext,
  job: ImportJob,
  change: JobChange & { readonly state: ImportState },
): Promise<void> {
  const { id, tenantId, createdBy, isDryRun } = job;
  const now = clock.now();
  await stores.transaction(async (tx) => {
    const isOurs = await changeJob(tx, job, ["running"], {
      error: null,
      ...change,
      isCancelled: false,
      finishedAt: now,
      updatedAt: now,
    });
    if (!isOurs) return;
    if (change.state === "done") await forgetChunks(tx, id);
    await recordAudit(tx, {
      tenantId,
      actor: createdBy,
      actorName: null,
      action: `import.${isDryRun ? "dry-run" : change.state}`,
      target: String(id),
      requestId: null,
      ip: null,
      at: now,
    });
  });
  logger.info("import.ended", { tenantId, import: id, state: change.state, isDryRun });
}

/** What the next try may get over. */
function isPassing(error: unknown): boolean {
  return RecallKitError.is(error) && (error.retryable || error.code === "storage.unavailable");
}

function failureOf(error: unknown): ImportFailure {
  if (InputError.is(error)) {
    const { code = error.code, params = {}, message = "" } = error.issues[0] ?? {};
    return { code, params: params as ImportFailure["params"], message };
  }
  // What is not ours may hold anything: only the log has it.
  return { code: codeOf(error), params: {}, message: "" };
}

function codeOf(error: unknown): string {
  return RecallKitError.is(error) ? error.code : "internal.error";
}

function described(error: unknown): { readonly error: string; readonly stack?: string | undefined } {
  return error instanceof Error ? { error: error.name, stack: error.stack } : { error: typeof error };
}
