import type { Clock } from "./clock.js";
import type { HeldLease, Leases } from "./ports/leases.js";

/** {@link Leases} of one process. */
export function memoryLeases({ clock }: { readonly clock: Pick<Clock, "now"> }): Leases {
  const held = new Map<string, HeldLease>();

  const holds = ({ name, token }: HeldLease) => {
    const present = held.get(name);
    return present !== undefined && present.token === token && present.until > clock.now();
  };

  return {
    async acquire(name, forMs) {
      const last = held.get(name);
      const now = clock.now();
      if (last && last.until > now) return undefined;
      const lease = { name, token: Math.max((last?.token ?? 0) + 1, now), until: now + forMs };
      held.set(name, lease);
      return lease;
    },
    async renew(lease, forMs) {
      if (!holds(lease)) return undefined;
      const renewed = { ...lease, until: clock.now() + forMs };
      held.set(lease.name, renewed);
      return renewed;
    },
    async release(lease) {
      if (holds(lease)) held.set(lease.name, { ...lease, until: 0 });
    },
  };
}
