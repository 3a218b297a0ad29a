// Evidence: how long it takes to look whether packs were changed. EVIDENCE_ENTRIES says how many entries there are in all, in
// packs of twenty, as a push to one person has about.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../scripts/workspace.mjs";

const ENTRIES = Number(process.env.EVIDENCE_ENTRIES ?? 1_000_000);
const PER_PACK = 20;

export async function measure() {
  /** @type {typeof import("../packages/core/src/evidence/index.ts")} */
  const { chainFacts, evidenceText, verifyEvidence } = await import(
    pathToFileURL(join(root, "packages/core/dist/evidence/index.js")).href
  );
  const packs = Math.ceil(ENTRIES / PER_PACK);
  const texts = Array.from({ length: Math.min(packs, 500) }, (_, pack) =>
    evidenceText(
      chainFacts(
        Array.from({ length: PER_PACK }, (__, n) => ({
          kind: /** @type {const} */ ("gate"),
          at: 1_767_225_600_000 + n,
          facts: {
            reason: "frequency_cap",
            is_asked: true,
            holds: false,
            pack,
            zh: "当天营销消息 0 条（上限 1）",
            en: "0 messages that day",
          },
        })),
      ),
    ),
  );
  const startedAt = performance.now();
  let intact = 0;
  for (let n = 0; n < packs; n += 1) if (verifyEvidence(texts[n % texts.length] ?? "").kind === "intact") intact += 1;
  const ms = performance.now() - startedAt;
  return {
    entries: packs * PER_PACK,
    "packs intact": intact,
    "seconds for all": Math.round(ms / 10) / 100,
    "entries per second": Math.round((packs * PER_PACK * 1000) / ms),
  };
}
