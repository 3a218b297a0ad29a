import { AsyncLocalStorage } from "node:async_hooks";
import { RecallKitError, StorageError } from "@recallkit/core";
import { createMutex, type Mutex } from "../sql/mutex.js";
import type { HostConnection, HostLink, HostTransactions } from "./host-connection.js";
import { shut } from "./turnstile.js";

/** A call of ours under way inside a host's transaction. */
interface HostCall {
  readonly shared: object;
  /** The call of another transaction that this one was made in. */
  readonly outer: HostCall | undefined;
  isOpen: boolean;
}

const calls = new AsyncLocalStorage<HostCall>();
const turns = new WeakMap<object, Mutex>();
const NAME = "recallkit";

/**
 * Does work inside a host's transaction as a whole or not at all: between a savepoint and its release. Calls over one
 * connection take turns, the host's own statements wait meanwhile, and a call inside a call joins it.
 *
 * @throws {StorageError} `transaction.not-open`, `transaction.aborted`, `transaction.foreign`, or whatever `work` throws
 */
export async function hostCall<T>(
  link: HostLink,
  engine: HostTransactions,
  work: (connection: HostConnection) => Promise<T>,
): Promise<T> {
  if (link.reached && isInside(link.reached.shared)) return work(link.reached);
  const { shared } = await link.reach();
  const release = await turnOf(shared)();
  try {
    // Asked anew: it may have ended while others had their turn.
    const connection = await link.reach();
    return await alone(connection, () => atSavepoint(connection, engine, () => work(connection)));
  } finally {
    release();
  }
}

function turnOf(shared: object): Mutex {
  const turn = turns.get(shared) ?? createMutex();
  turns.set(shared, turn);
  return turn;
}

function isInside(shared: object): boolean {
  for (let call = calls.getStore(); call; call = call.outer) {
    if (call.shared === shared && call.isOpen) return true;
  }
  return false;
}

async function alone<T>({ shared, methods }: HostConnection, work: () => Promise<T>): Promise<T> {
  const call: HostCall = { shared, outer: calls.getStore(), isOpen: true };
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const taken = methods.map((method) => shut(shared, method, () => isInside(shared), opened));
  try {
    return await calls.run(call, work);
  } finally {
    call.isOpen = false;
    for (const takeAway of taken) takeAway();
    open();
  }
}

async function atSavepoint<T>(
  connection: HostConnection,
  engine: HostTransactions,
  work: () => Promise<T>,
): Promise<T> {
  await engine.assertOpen?.(connection);
  await connection.run(`SAVEPOINT ${NAME}`);
  let setBack = async () => {};
  try {
    setBack = await engine.enter(connection);
    const result = await work();
    await setBack();
    await connection.run(`RELEASE SAVEPOINT ${NAME}`);
    return result;
  } catch (error) {
    try {
      await connection.run(`ROLLBACK TO SAVEPOINT ${NAME}`);
      await connection.run(`RELEASE SAVEPOINT ${NAME}`);
    } catch (cause) {
      await setBack().catch(() => {});
      throw gone(error, cause);
    }
    await setBack();
    throw error;
  }
}

/** The savepoint cannot be gone back to: the server has undone the whole transaction, or it was ended from within the call. */
function gone(error: unknown, cause: unknown): unknown {
  if (RecallKitError.is(cause) && cause.code === "storage.unavailable") return error;
  const retryable = RecallKitError.is(error) && error.retryable;
  return new StorageError("transaction.aborted", "the host's transaction has ended under this call", {
    hint: "roll it back and do the whole of it again",
    retryable,
    cause: error,
  });
}
