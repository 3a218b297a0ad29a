import { expect, test } from "vitest";
import { countsOf } from "./seen.js";

const SEEDS = Math.ceil(Number(process.env.SIM_SEEDS ?? 150) / 5);
const FIRST = Number(process.env.SIM_FIRST ?? 1);

test(`${SEEDS} seeds by SMS: consents, hours, opt-outs and budgets hold, and nobody is sent to twice`, {
  timeout: 60_000 + SEEDS * 1_000,
}, async () => {
  const counts = await countsOf(FIRST, SEEDS, { sms: true });
  for (const name of ["operator consent withdrawn", "provider second", "delivery in_batch → queued"]) {
    expect(counts.get(name) ?? 0, name).toBeGreaterThan(0);
  }
});
