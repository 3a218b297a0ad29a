import { createRecallKit } from "@recallkit/core";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { wecomChannel } from "@recallkit/wecom";

const DAY_MS = 86_400_000;

/** What only the host knows. */
export interface RecallConfig {
  /** Path on a local disk that is backed up. */
  readonly file: string;
  /** At least 32 characters, the same for ever. */
  readonly secretKey: string;
  readonly corpId: string;
  readonly secret: string;
  /** A simulator in tests; WeCom itself by default. */
  readonly baseUrl?: string | undefined;
}

/** A kit at work in this process; `stop` lets open calls end, which takes at most 25 s. */
export async function startRecall({ file, secretKey, ...wecom }: RecallConfig) {
  const kit = createRecallKit({
    stores: await sqliteStores({ file, migrate: true }),
    channels: [wecomChannel(wecom)],
    secretKey,
  });
  const stopping = new AbortController();
  const running = kit.run({ signal: stopping.signal });
  // Once a day, what has outlived its time goes. The timer holds no process open.
  const daily = setInterval(() => void kit.retain().catch(console.error), DAY_MS).unref();
  return {
    kit,
    async stop(): Promise<void> {
      clearInterval(daily);
      stopping.abort();
      await running;
      await kit.close();
    },
  };
}
