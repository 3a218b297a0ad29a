import { expect, test } from "vitest";
import { POST } from "./route.js";

test("the route handler of Next.js answers below its path", async () => {
  const request = new Request("http://shop.example/api/recall/wechatpush/lists", {
    method: "POST",
    headers: { "x-user": "7", "content-type": "application/json" },
    body: JSON.stringify({ page: 1, pagesize: 10 }),
  });
  const answer = await POST(request);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ success: true });
});
