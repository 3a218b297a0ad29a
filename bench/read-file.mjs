// Reads a table to its end in a process of its own, and prints rows, seconds and the most memory that it took.
const built = new URL("../packages/import/dist/index.js", import.meta.url).href;
/** @type {typeof import("@recallkit/import")} */
const { openTable } = await import(built);

const [path = ""] = process.argv.slice(2);
const began = performance.now();
const table = await openTable(path);
const opened = performance.now();
let rows = 0;
for await (const row of table.rows()) if ("cells" in row) rows += 1;
const ended = performance.now();
await table.close();
const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(
  JSON.stringify({ rows, judgeSeconds: (opened - began) / 1000, readSeconds: (ended - opened) / 1000, peakRssMb }),
);
