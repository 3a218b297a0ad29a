// Files that are no plain tables: packed too well, or with formulas for values.
import { crc32, deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ IMPORT_MAX_MB: "1" });
});
afterAll(() => server.close());

/** A zip of the files, deflated. */
function zipOf(files: Readonly<Record<string, string | Buffer>>): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of Object.entries(files)) {
    const name = Buffer.from(path);
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(name.length, 22);
    parts.push(Buffer.from("PK\x03\x04"), facts, name, packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), facts, place, name);
    offset += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(18);
  const count = Object.keys(files).length;
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Uint8Array.from(Buffer.concat([...parts, ...directory, Buffer.from("PK\x05\x06"), end]));
}

const text = (value: string) => `<c t="inlineStr"><is><t>${value}</t></is></c>`;

/** A workbook of one sheet with these rows. */
function workbookOf(...rows: readonly string[]): Uint8Array<ArrayBuffer> {
  const sheet = rows.map((cells, at) => `<row r="${at + 1}">${cells}</row>`).join("");
  return zipOf({
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.xml": `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    "xl/worksheets/sheet1.xml": `<worksheet><sheetData>${sheet}</sheetData></worksheet>`,
  });
}

function upload(body: Uint8Array<ArrayBuffer>) {
  const headers = { authorization: `Bearer ${server.token}`, "content-type": "application/octet-stream" };
  return server.request("POST", "/api/imports", { body, headers });
}

test("a zip bomb is refused in one sentence", async () => {
  // From 64 MiB on the ratio counts.
  const answer = await upload(zipOf({ "orders.csv": Buffer.alloc(65 * 2 ** 20, "0") }));
  expect(answer).toMatchObject({
    status: 422,
    json: { code: "import.limit", detail: expect.stringMatching(/^文件超出读取上限/) },
  });
});

test("formulas count by the values that were kept with them; one without a value is told, and its cell is blank", async () => {
  const book = workbookOf(
    text("customer_key") + text("name"),
    `${text("f1")}<c t="str"><f>A2&amp;"x"</f><v>小明</v></c>`,
    `${text("f2")}<c><f>SUM(A1)</f></c>`,
  );
  const answer = await upload(book);
  expect(answer).toMatchObject({ status: 201, json: { columns: ["customer_key", "name"] } });
  const { id } = answer.json as { id: number };
  await server.post(`/api/imports/${id}/start`);
  expect((await server.get(`/api/imports/${id}/events`)).text).toContain("event: end");
  const { result } = (await server.get(`/api/imports/${id}`)).json as { result: unknown };
  expect(result).toMatchObject({ inserted: 2, warnings: [{ path: "", code: "cell.no-value", count: 1, lines: [3] }] });
  expect(await server.context.kit.customers.export("f1")).toMatchObject({ customer: { name: "小明" } });
});
