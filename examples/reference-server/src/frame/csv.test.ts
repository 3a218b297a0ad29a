import { expect, test } from "vitest";
import { csvCell, csvPieces } from "./csv.js";

test.each(["=1+1", "+86138", "-1", "@SUM(A1)", "\t=1", "＝1", "＋1", "－1", "＠x", "\0=1"])(
  "%j is no formula any more",
  (text) => expect(csvCell(text)).toBe(`'${text}`),
);

test("a formula that needs quotes is none inside them either", () => {
  expect(csvCell('=HYPERLINK("x","y")')).toBe('"\'=HYPERLINK(""x"",""y"")"');
  expect(csvCell("\r=1")).toBe('"\'\r=1"');
});

test("other cells stay as they are, quoted where they must be; numbers keep their sign", async () => {
  async function* rows() {
    yield ["喵", 'a "b", c', "two\nlines", 3, -4, null];
  }
  const pieces: string[] = [];
  for await (const piece of csvPieces(["a", "b", "c", "d", "e", "f"], rows())) pieces.push(piece);
  expect(pieces.join("")).toBe('\ufeffa,b,c,d,e,f\r\n喵,"a ""b"", c","two\nlines",3,-4,\r\n');
});

test("many rows come in pieces of bounded size", async () => {
  async function* rows() {
    for (let n = 0; n < 10_000; n++) yield ["x".repeat(100)];
  }
  const sizes: number[] = [];
  for await (const piece of csvPieces(["a"], rows())) sizes.push(piece.length);
  expect(sizes.length).toBeGreaterThan(10);
  expect(Math.max(...sizes)).toBeLessThan(70_000);
});
