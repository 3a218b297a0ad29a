import { createRecallKit, systemIds } from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import { openChannels } from "../../../channels.js";
import { type CommandContext, refusal } from "../../../cli/command.js";
import { openExisting } from "../../../cli/database.js";
import { accountContext, commandConfig } from "../../../cli/server-context.js";
import { allInstitutions, type Institution } from "../../institutions/service.js";
import type { RevisitDesk } from "../desk.js";
import { openDesk } from "../open-desk.js";

/**
 * Works on one institution, or on all, as the server would; a running server sends.
 *
 * @param code of an institution; undefined: all of them
 */
export async function withDesks(
  context: CommandContext,
  code: string | undefined,
  work: (desk: RevisitDesk, institution: Institution) => Promise<void>,
): Promise<void> {
  const config = commandConfig(context);
  const stores = await openExisting(context);
  try {
    const { clock, keys } = await accountContext(context, stores);
    const { logger } = context;
    // The simulators are the running server's: here they would be others.
    const real = { ...config, usesSimulators: false, usesSmsSimulator: false };
    const channels = await openChannels({ config: real, stores, keys, clock, logger, shared: undefined });
    const transport = undiciTransport({ clock });
    const kit = createRecallKit({
      stores,
      ...{ channels: channels.channels, clock, logger },
      ...(config.links && { links: config.links }),
      ...(config.secretKey !== undefined && { secretKey: config.secretKey }),
    });
    try {
      const chosen = (await allInstitutions(stores)).filter((one) => code === undefined || one.code === code);
      if (chosen.length === 0) {
        throw refusal("institution.not-found", code === undefined ? "there are no institutions" : `no ${code}`);
      }
      const parts = { stores, kit, clock, ids: systemIds, logger, config, transport, ...channels };
      for (const institution of chosen) {
        const desk = openDesk(parts, institution, "cli");
        const isSimulated = { wecom: config.usesSimulators, sms: config.usesSmsSimulator };
        const isConfigured: RevisitDesk["isConfigured"] = async (channel) =>
          isSimulated[channel] || (await desk.isConfigured(channel));
        await work({ ...desk, isConfigured }, institution);
      }
    } finally {
      await kit.close();
      await transport.close();
      await channels.close();
    }
  } catch (error) {
    await stores.close();
    throw error;
  }
}
