import { createRecallKit, type OccurrenceStatus, systemClock, systemRandom, type TenantKit } from "@recallkit/core";
import { FINAL_OCCURRENCE_STATES, keyRing } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { openChannels } from "../../../channels.js";
import { type AddCommand, type CommandContext, refusal, wholeNumber } from "../../../cli/command.js";
import { withKit } from "../../../cli/database.js";
import { findRule } from "../../../cli/find-rule.js";
import { progressDisplay } from "../../../cli/progress.js";
import { keptSecretKey } from "../../../config/secret-key.js";
import { readConfig, type ServerConfig } from "../../../config.js";
import { openSharedState } from "../../../shared-state.js";
import { addPushEnd } from "./push-end.js";
import { addPushPlan } from "./push-plan.js";

interface RunFlags {
  readonly wait?: boolean;
  readonly timeout: number;
  readonly requestId?: string;
  readonly force?: boolean;
}

const POLL_MS = 500;

/** `push run ID|NAME`, beside `push plan`, `push cancel` and `push remind`. */
export const addPush: AddCommand = (program, parts) => {
  const { say, action } = parts;
  const push = program.command("push").description(say("推送", "pushes"));
  addPushPlan(push, parts);
  addPushEnd(push, parts);
  push
    .command("run")
    .description(say("立即执行一条规则", "run a rule now"))
    .argument("<rule>", say("规则编号或名称", "id or name of the rule"))
    .option("--wait", say("等到全部批次有结果", "wait until every batch has its outcome"))
    .option("--timeout <seconds>", say("最多等多久", "how long to wait at most"), wholeNumber(1, 86_400), 600)
    .option("--request-id <id>", say("同一编号只执行一次", "the same id runs once"))
    .option("--force", say("不在有效期内也执行", "run it outside its validity too"))
    .action(action((context, rule: string, flags: RunFlags) => run(context, rule, flags)));
};

async function run(context: CommandContext, idOrName: string, flags: RunFlags): Promise<void> {
  await withKit(context, async (kit, { stores }) => {
    const rule = await findRule(stores, context.tenantId, idOrName);
    const occurrence = await kit.occurrences.runNow(rule.id, { requestId: flags.requestId, force: flags.force });
    const status = flags.wait
      ? await waitFor(context, { kit, stores, occurrenceId: occurrence.id, timeoutMs: flags.timeout * 1000 })
      : await kit.occurrences.status(occurrence.id);
    const { id, state, reason, audienceSize, batches, deliveries, handedOn } = status;
    const answer = {
      occurrence_id: id,
      rule_id: rule.id,
      state,
      reason,
      audience: audienceSize,
      batches,
      deliveries,
      handed_on: handedOn,
    };
    context.answer(
      answer,
      () => `#${id} ${state}${reason === null ? "" : ` (${reason})`} ${JSON.stringify(deliveries)}`,
    );
    if (flags.wait && !isFinal(status))
      throw refusal("push.not-finished", `occurrence ${id} is still ${state}`, "is a server running?");
  });
}

interface Waiting {
  readonly kit: TenantKit;
  readonly stores: SqlStores;
  readonly occurrenceId: number;
  readonly timeoutMs: number;
}

/** Works on it here when an account is configured, beside a server if there is one; else some server has to. */
async function waitFor(context: CommandContext, waiting: Waiting): Promise<OccurrenceStatus> {
  const { io, say, note } = context;
  const stop = new AbortController();
  const config = readConfig(io.env, "worker");
  const engine = config.wecom ? await startEngine(context, waiting.stores, config, stop.signal) : undefined;
  if (!engine)
    note(
      say("未配置企微账号，由运行中的服务发送", "no WeCom account is configured here; a running server has to send"),
    );
  try {
    return await poll(context, waiting);
  } finally {
    stop.abort();
    await engine?.finished;
  }
}

async function startEngine(context: CommandContext, stores: SqlStores, config: ServerConfig, signal: AbortSignal) {
  const { engine, close } = await engineWithChannels(context, stores, config);
  return { finished: engine.run({ signal }).finally(close) };
}

/** An engine over the command's stores with the accounts of its environment. */
export async function engineWithChannels(context: CommandContext, stores: SqlStores, config: ServerConfig) {
  // The server's own key: both must know the other's messages by their markers, and open the same accounts.
  const secretKey = config.secretKey ?? (await keptSecretKey(config.dataDir, systemRandom));
  const keys = keyRing({ secretKey, previous: config.previousSecretKeys });
  const clock = systemClock;
  const shared = await openSharedState(config.redisUrl, { keys, clock });
  const { channels, close } = await openChannels({ config, stores, keys, clock, logger: context.logger, shared });
  const engine = createRecallKit({
    stores,
    channels,
    logger: context.logger,
    secretKey,
    ...(shared && { leases: shared.leases }),
    timings: config.timings,
    ...(config.hasFrequencyCaps ? {} : { caps: "off" as const }),
  });
  return { engine, close: () => close().finally(() => shared?.close()) };
}

async function poll(context: CommandContext, { kit, occurrenceId, timeoutMs }: Waiting): Promise<OccurrenceStatus> {
  const until = systemClock.monotonic() + timeoutMs;
  const display = progressDisplay(context.io);
  try {
    for (;;) {
      const status = await kit.occurrences.status(occurrenceId);
      const { queued = 0, in_batch = 0 } = status.deliveries;
      const total = Object.values(status.deliveries).reduce((sum, count) => sum + count, 0);
      display.show(context.say("发送", "sending"), total - queued - in_batch, total);
      if (isFinal(status)) display.finish();
      if (isFinal(status) || systemClock.monotonic() >= until) return status;
      await systemClock.sleep(POLL_MS, context.io.signal);
      context.io.signal.throwIfAborted();
    }
  } finally {
    display.stop();
  }
}

function isFinal({ state }: OccurrenceStatus): boolean {
  return FINAL_OCCURRENCE_STATES.includes(state);
}
