import {
  type Clock,
  type Ids,
  type Logger,
  type RecallKit,
  systemClock,
  systemIds,
  systemRandom,
  warningLogger,
} from "@recallkit/core";
import { deriveKey, type Stores } from "@recallkit/core/ports";
import type { HttpContext } from "./context.js";

/** Ports that an app takes from its host. */
export interface HostPorts {
  /** @default the system's */
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** @default warnings and errors as JSON lines on standard error */
  readonly logger?: Logger;
}

/** Where the key of fingerprints is kept: a setting of the installation. */
const INSTALLATION = 0;
const KEY_SETTING = "http-fingerprint-key";
const KEY_BYTES = 32;

/** What modules work with in a host: its kit, and the ports around it. */
export function hostContext(kit: RecallKit, ports: HostPorts): HttpContext {
  const { clock = systemClock, ids = systemIds, logger = warningLogger } = ports;
  let kept: Promise<string> | undefined;
  return {
    kit,
    stores: kit.stores,
    clock,
    ids,
    logger,
    async fingerprintKey(tenantId) {
      kept ??= secretIn(kit.stores).catch((error: unknown) => {
        kept = undefined;
        throw error;
      });
      return deriveKey(await kept, "idempotency", tenantId);
    },
  };
}

/** A secret of the installation, made on first use, so that all processes over the same stores agree. */
async function secretIn({ config }: Stores): Promise<string> {
  const fresh = Buffer.from(systemRandom.bytes(KEY_BYTES)).toString("base64url");
  return (await config.get(INSTALLATION, KEY_SETTING)) ?? config.putIfAbsent(INSTALLATION, KEY_SETTING, fresh);
}
