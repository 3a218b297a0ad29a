import type { EngineContext } from "../engine/engine-context.js";
import { StorageError } from "../errors.js";
import type { HeldLease } from "../ports/leases.js";

/**
 * Does what one of several processes is enough for, unless another one is at it. A lease that is lost, or that nobody can tell
 * about, costs only that the work may be done twice: it must bear that.
 *
 * @param work is given what prolongs the lease between two pieces of it; false: somebody else has gone on with it
 * @returns undefined when somebody else does it
 */
export async function alone<T>(
  { leases, timings }: Pick<EngineContext, "leases" | "timings">,
  name: string,
  work: (stillAlone: () => Promise<boolean>) => Promise<T>,
): Promise<T | undefined> {
  const first = await told(() => leases.acquire(name, timings.leaseMs));
  if (first === "theirs") return undefined;
  let lease: HeldLease | undefined = first === "unknown" ? undefined : first;
  const stillAlone = async () => {
    if (!lease) return true;
    const held = lease;
    const renewed = await told(() => leases.renew(held, timings.leaseMs));
    if (renewed === "theirs") return false;
    if (renewed !== "unknown") lease = renewed;
    return true;
  };
  try {
    return await work(stillAlone);
  } finally {
    const held = lease;
    if (held) await told(() => leases.release(held).then(() => undefined));
  }
}

/** The lease; `theirs`: somebody else has it; `unknown`: whoever counts them is away. */
async function told(ask: () => Promise<HeldLease | undefined>): Promise<HeldLease | "theirs" | "unknown"> {
  try {
    return (await ask()) ?? "theirs";
  } catch (error) {
    if (StorageError.is(error)) return "unknown";
    throw error;
  }
}
