import { openTable } from "@recallkit/import";

const table = await openTable(Buffer.from("sep=;\n订单编号;门店\nA1;上海仓\n"));
console.log(table.encoding, table.delimiter, table.columns); // utf-8 ; [ '订单编号', '门店' ]
for await (const row of table.rows()) console.log(row); // { line: 3, cells: [ 'A1', '上海仓' ] }
await table.close();
