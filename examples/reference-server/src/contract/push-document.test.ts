import { afterAll, beforeAll, describe, test } from "vitest";
import { startTestServer, type TestServer } from "../testing/test-server.js";
import { plantPushDocument, pushDocumentContract } from "./push-document.js";

let server: TestServer;
beforeAll(async () => {
  // Content that can go out brings no warnings into the documented answers.
  server = await startTestServer({ MEDIA_HOSTS: "oss.example.com", WECOM_MINI_PROGRAM_APP_ID: "wx0123456789abcdef" });
  await plantPushDocument(server.context.kit);
});
afterAll(() => server.close());

describe("the reference server keeps the document of pushes", () => {
  // The cases are the same wherever they are asked; only the address is known later.
  for (const [at, { name }] of pushDocumentContract({ url: "", headers: {} }).entries()) {
    test(name, () => cases()[at]?.run());
  }
});

let kept: ReturnType<typeof pushDocumentContract> | undefined;

function cases() {
  kept ??= pushDocumentContract({ url: server.url, headers: { authorization: `Bearer ${server.token}` } });
  return kept;
}
