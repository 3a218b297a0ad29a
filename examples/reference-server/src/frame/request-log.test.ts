import { expect, test } from "vitest";
import { createUser } from "../modules/auth/service.js";
import { startTestServer, TEST_PASSWORD } from "../testing/test-server.js";

test("a line names the user or the key behind a request, whatever session it came by", async () => {
  const lines: (Readonly<Record<string, unknown>> | undefined)[] = [];
  const info = (event: string, fields?: Readonly<Record<string, unknown>>) => {
    if (event === "http.request") lines.push(fields);
  };
  const server = await startTestServer({}, { logger: { debug() {}, info, warn() {}, error() {} } });
  try {
    const by = { tenantId: 1, isPlatform: true };
    const user = { username: "clerk", role: "staff" as const, password: TEST_PASSWORD };
    const { id: userId } = await createUser(server.context, by, user);
    const key = await server.post("/api/api-keys", { name: "k", scopes: ["push:read"] });
    const { id: keyId, token } = key.json as { id: number; token: string };
    // The second session of a user, so that its row has another number than the user.
    await server.logIn("clerk", TEST_PASSWORD);
    await server.call("GET", "/api/me", { token: await server.logIn("clerk", TEST_PASSWORD) });
    await server.call("POST", "/wechatpush/labels", { token, body: {} });
    const named = lines.flatMap((line) => (line?.actor === undefined ? [] : [`${line.route} ${line.actor}`]));
    expect(named.slice(-2)).toEqual([`/api/me user:${userId}`, `/wechatpush/labels api-key:${keyId}`]);
  } finally {
    await server.close();
  }
});
