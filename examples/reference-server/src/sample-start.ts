import type { SamplePushState, ServerContext } from "./frame/context.js";
import { makeSampleInstitutions } from "./modules/revisit/service.js";
import type { SamplePushSummary } from "./sample/index.js";

/** Setting of the installation under which the first start is remembered until its sample is there. */
const SETTING = "sample-shop";
const INSTALLATION = 0;

/** Whether the sample shop is still to be loaded: on the first start, or after a first start that was cut short. */
export async function wantsSample(context: ServerContext, wasEmpty: boolean): Promise<boolean> {
  const { config, stores } = context;
  if (!config.usesSampleData) return false;
  if (wasEmpty) await stores.config.put(INSTALLATION, SETTING, "wanted");
  return (await stores.config.get(INSTALLATION, SETTING)) === "wanted";
}

/**
 * Loads the sample shop and runs its push. A failure leaves the server running and is told.
 *
 * Nothing else may work on the stores meanwhile: the push lies in the past, which the engine would take for work that is due.
 */
export async function startSample(
  context: ServerContext,
  options: { readonly print: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  const { stores, kit, clock, config, lifecycle, logger } = context;
  const { print, signal } = options;
  const state: SamplePushState = { phase: "running", note: "正在载入示例店铺 · loading the sample shop" };
  lifecycle.samplePush = state;
  const onProgress = (note: string) => {
    state.note = note;
  };
  try {
    // Read only where it is needed: most starts are no first starts.
    const { loadSampleShop, runSamplePush } = await import("./sample/index.js");
    const now = clock.now();
    await loadSampleShop(kit, { now, onProgress, signal });
    await makeSampleInstitutions(kit, { now });
    if (config.usesSimulators) onProgress(summaryLine(await runSamplePush({ stores, now, onProgress, signal })));
    await stores.config.put(INSTALLATION, SETTING, "done");
    state.phase = "finished";
    print(`示例推送完成 / sample push finished: ${state.note}`);
  } catch (error) {
    state.phase = "failed";
    if (signal.aborted) return;
    logger.error("sample.failed", { error: error instanceof Error ? error.message : "unknown" });
    print("示例推送未完成，服务照常运行 / sample push failed, the server goes on; see the log");
  }
}

function summaryLine({ ruleName, report }: SamplePushSummary): string {
  const { pushed, succeeded, delivered, orders, buyers } = report;
  const facts = [
    `推送 ${pushed}`,
    `成功 ${succeeded}`,
    `送达 ${delivered}`,
    `订单 ${orders}`,
    `购买用户 ${buyers}`,
  ].join("，");
  return `${ruleName}：${facts} · pushed ${pushed}, succeeded ${succeeded}, delivered ${delivered}, ${orders} orders of ${buyers} buyers`;
}
