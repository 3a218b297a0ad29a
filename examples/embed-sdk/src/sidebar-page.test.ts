import { wecomSidebar } from "@recallkit/wecom";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { expect, onTestFinished, test } from "vitest";
import { sidebarApp } from "./sidebar-page.js";

test("the page of the sidebar is shown to a member after a sign-in without a password", async () => {
  const simulator = await startWecomSimulator({ staff: ["zhangsan"] });
  onTestFinished(() => simulator.close());
  const app = sidebarApp(
    wecomSidebar({
      corpId: "ww-simulator",
      secret: "simulator-secret",
      baseUrl: simulator.url,
      authorizeUrl: `${simulator.url}/connect/oauth2/authorize`,
      agentId: 1_000_002,
      redirectUri: "https://shop.example/wecom/finish",
      secretKey: "k".repeat(32),
    }),
  );
  /** A browser that keeps cookies and follows redirects; on WeCom's page it is zhangsan. */
  const jar = new Map<string, string>();
  async function open(url: string): Promise<Response> {
    const isOurs = url.startsWith("https://shop.example");
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = isOurs
      ? await app(new Request(url, { headers: { cookie } }))
      : await fetch(`${url.split("#")[0]}&as=zhangsan`, { redirect: "manual" });
    for (const set of response.headers.getSetCookie()) {
      const [pair = ""] = set.split(";");
      jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    const location = response.headers.get("location");
    return location === null ? response : open(new URL(location, url).href);
  }
  const page = await open("https://shop.example/sidebar");
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("getCurExternalContact")]);
  const signatures = await open(
    `https://shop.example/wecom/signatures?url=${encodeURIComponent("https://shop.example/sidebar")}`,
  );
  expect(await signatures.json()).toMatchObject({ agentId: 1_000_002, agentConfig: { nonceStr: expect.any(String) } });
});
