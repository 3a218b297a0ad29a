import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildApp } from "../../app.js";
import { CHROMIUM, IS_FULL, launchBrowser, openConsole } from "../../testing/console-browser.js";
import { startProxy } from "../../testing/proxy.js";
import { startTestServer, TEST_PASSWORD, TEST_USERNAME, type TestServer } from "../../testing/test-server.js";

const isMissing = !existsSync(CHROMIUM) && process.env.REQUIRE_SERVICES !== "1";

/** Pages of the documentation; at every change the lighter one. */
const DOCS = IS_FULL
  ? ([
      ["docs", ".swagger-ui .info"],
      ["redoc", "h1"],
    ] as const)
  : ([["redoc", "h1"]] as const);

describe.skipIf(isMissing)("below another path (needs /usr/bin/chromium)", () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startTestServer({ PUBLIC_URL: "http://127.0.0.1/a/b" });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** A host that has routes of its own and mounts ours. */
  async function mounted() {
    const host = express();
    host.get("/", (_request, response) => void response.send("the host's own page"));
    host.use("/a/b", buildApp(server.context));
    const listener = createServer(host);
    await new Promise<void>((done) => listener.listen(0, "127.0.0.1", done));
    const { port } = listener.address() as AddressInfo;
    const close = async () => {
      listener.closeAllConnections();
      await new Promise((done) => listener.close(done));
    };
    return { url: `http://127.0.0.1:${port}/a/b`, close };
  }

  test.each([
    ["mounted by a host at /a/b", mounted],
    ["behind a proxy that takes /a/b off", () => startProxy(server.url, "/a/b")],
  ])("%s everything is found", async (_name, start) => {
    const { url, close } = await start();
    const { page, requests, faults, close: leave } = await openConsole(browser);
    for (const entry of ["/", "/console", "/console/", "/monitor"]) {
      await page.goto(url + entry);
      await page.locator("[data-test=username]").waitFor();
      expect(new URL(page.url()).pathname).toMatch(/^\/a\/b\/console/);
    }
    await page.locator("[data-test=username]").fill(TEST_USERNAME);
    await page.locator("[data-test=password]").fill(TEST_PASSWORD);
    await page.locator("[data-test=sign-in]").click();
    await page.locator("[data-test=freshness][data-link=live]").waitFor();
    const [cookie] = await page.context().cookies();
    expect(cookie?.path).toBe("/a/b");
    // By links, by the way back, and by addresses typed in, at every depth.
    await page.locator("nav#nav a", { hasText: "触发记录" }).click();
    await page.waitForURL(`${url}/console/occurrences`);
    await page.goBack();
    await page.waitForURL(`${url}/console/monitor`);
    for (const path of ["rules", "rules/", "rules/new", "rules/1/occurrences/2", "no/such/page"]) {
      await page.goto(`${url}/console/${path}`);
      await page.locator("main h1, main [role=alert]").first().waitFor();
    }
    for (const [path, sign] of DOCS) {
      await page.goto(`${url}/${path}`);
      await page.locator(sign, { hasText: "RecallKit" }).first().waitFor();
    }
    const outside = requests.filter((one) => !one.startsWith(`${url}/`) && !/^(data|blob):/.test(one));
    expect(outside).toEqual([]);
    // Rule 1 is not there, and that is said.
    expect(faults.filter((fault) => !/status of 404/.test(fault))).toEqual([]);
    await leave();
    await close();
  });
});
