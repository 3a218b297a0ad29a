import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandLine } from "../../testing/command-line.js";
import { startTestServer, TEST_PASSWORD } from "../../testing/test-server.js";
import { isCommonPassword } from "./common-password.js";
import { isWeakPassword } from "./weak-password.js";

test.each([
  "12345678",
  "password",
  "PassWord",
  "password2026!",
  "qwertyuiop",
  "1qaz2wsx3edc",
  "iloveyou1",
  "p@ssw0rd",
  "sunshine-123",
])("%s is common", (password) => {
  expect(isCommonPassword(password)).toBe(true);
});

test.each([TEST_PASSWORD, "喵喵 password 喵", "a long phrase 7", "xK7mQ2pL9w", "店员小王的密码很长"])(
  "%s is not",
  (password) => {
    expect(isCommonPassword(password)).toBe(false);
  },
);

test("production refuses a long one as the first password too", () => {
  expect(isWeakPassword("qazwsxedcrfvtgb")).toBe(true);
  expect(isWeakPassword("correct horse battery")).toBe(false);
});

test("no route and no command takes one for a user, and the caller is told why", async () => {
  const server = await startTestServer();
  try {
    const fault = (path: string) => ({ status: 400, errors: [{ path, message: "是常见密码，请换一个" }] });
    const made = await server.post("/api/users", { username: "clerk", password: "qwerty123456" });
    expect(made.json).toMatchObject(fault("password"));
    const changed = await server.call("PATCH", "/api/users/1", { body: { password: "password1" } });
    expect(changed.json).toMatchObject(fault("password"));
    const own = { current_password: TEST_PASSWORD, new_password: "Iloveyou1" };
    expect((await server.post("/api/me/password", own)).json).toMatchObject(fault("new_password"));
  } finally {
    await server.close();
  }
  const { run, folder } = await commandLine();
  const file = join(folder, "password.txt");
  await writeFile(file, "qwerty123456\n");
  const { code, stderr } = await run("users", "create", "clerk", "--password-file", file);
  expect([code, stderr]).toEqual([2, expect.stringContaining("one of those that leaks hold most often")]);
});
