import { type Channel, type Clock, type Logger, unconfiguredChannel } from "@recallkit/core";
import { imageSource } from "@recallkit/core/http";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { wecomChannel } from "@recallkit/wecom";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import type { ServerConfig } from "./config.js";

/** Channels with what has to be ended beside them. */
export interface OpenChannels {
  readonly channels: readonly Channel[];
  close(): Promise<void>;
}

/** The account that the simulator inside this process knows. */
const SIMULATED = { corpId: "ww-simulator", secret: "simulator-secret", miniProgramAppId: "wx-simulator" };
/** The simulator's staff press "send" after so long. */
const STAFF_CONFIRM_MS = 3000;
const MAX_BATCH_SIZE = 10_000;

/** Opens WeCom: the real account, else the simulator in this process, else a stand-in that keeps batches waiting. */
export async function openChannels(parts: {
  readonly config: ServerConfig;
  readonly stores: SqlStores;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<OpenChannels> {
  const { config, stores, clock, logger } = parts;
  const common = {
    clock,
    logger,
    images: imageSource({ hosts: config.mediaHosts, media: stores.media, clock }),
    miniProgramAppId: config.miniProgramAppId,
    batchSize: config.wecomBatchSize,
    timeoutMs: config.providerTimeoutMs,
  };
  if (config.wecom) return { channels: [wecomChannel({ ...common, ...config.wecom })], async close() {} };
  if (config.usesSimulators) {
    const { corpId, secret, miniProgramAppId } = SIMULATED;
    const simulator = await startWecomSimulator({
      corps: [{ corpId, secret }],
      confirm: { afterMs: STAFF_CONFIRM_MS },
      clock,
    });
    const account = { corpId, secret, baseUrl: simulator.url };
    const channel = wecomChannel({
      ...common,
      ...account,
      miniProgramAppId: config.miniProgramAppId ?? miniProgramAppId,
    });
    return { channels: [channel], close: () => simulator.close() };
  }
  const maxBatchSize = config.wecomBatchSize ?? MAX_BATCH_SIZE;
  const waiting = unconfiguredChannel({ name: "wecom", addressType: "external_userid", maxBatchSize });
  return { channels: [waiting], async close() {} };
}
