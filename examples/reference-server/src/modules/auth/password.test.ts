import { describe, expect, test } from "vitest";
import { loginQueue } from "./login-queue.js";
import { DEFAULT_PASSWORD_COST, hashPassword, verifyPassword } from "./password.js";

const cheap = { costBits: 4, blockSize: 1, parallelism: 1 };

describe("passwords", () => {
  test("fit their own hash only", async () => {
    const hash = await hashPassword("喵喵 password", cheap);
    expect(await verifyPassword("喵喵 password", hash)).toBe(true);
    expect(await verifyPassword("喵喵 Password", hash)).toBe(false);
  });

  test("hash differently every time", async () => {
    expect(await hashPassword("a", cheap)).not.toBe(await hashPassword("a", cheap));
  });

  test("are the same in every Unicode form", async () => {
    expect(await verifyPassword("ﬁ\u00e9", await hashPassword("fie\u0301", cheap))).toBe(true);
  });

  test("never fit a text that is no hash", async () => {
    expect(await verifyPassword("", "")).toBe(false);
    expect(await verifyPassword("a", "a")).toBe(false);
  });

  test("cost 128 MB by default", async () => {
    const hash = await hashPassword("a");
    expect(hash).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$/);
    expect(DEFAULT_PASSWORD_COST).toEqual({ costBits: 17, blockSize: 8, parallelism: 1 });
    expect(await verifyPassword("a", hash)).toBe(true);
  });
});

test("loginQueue runs two at once, lets fifty wait, and turns the next away", async () => {
  const inTurn = loginQueue();
  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let running = 0;
  let most = 0;
  const work = async () => {
    running++;
    most = Math.max(most, running);
    await gate;
    running--;
  };
  const calls = Array.from({ length: 52 }, () => inTurn(work));
  await expect(inTurn(work)).rejects.toMatchObject({ status: 503, code: "auth.busy" });
  open();
  await Promise.all(calls);
  expect(most).toBe(2);
});
