import { expect, test } from "vitest";
import { countsOf } from "./seen.js";

const SEEDS = Math.ceil(Number(process.env.SIM_SEEDS ?? 150) / 3);
const FIRST = Number(process.env.SIM_FIRST ?? 1);

test(`${SEEDS} seeds over two channels: everybody is reached at most once, and who may have a message is handed to nobody`, {
  timeout: 120_000 + SEEDS * 3_000,
}, async () => {
  const counts = await countsOf(FIRST, SEEDS, { fallBack: true });
  const reasons = ["not_delivered called_off", "not_delivered provider_quota", "suppressed no_address"];
  const seen = [...reasons.map((reason) => `handed on ${reason}`), "handed on failed not_a_friend"];
  for (const name of [...seen, "provider calls off nothing, answer lost", "provider calls off, answer lost"]) {
    expect(counts.get(name) ?? 0, name).toBeGreaterThan(0);
  }
});
