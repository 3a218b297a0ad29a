import type { Texts } from "@recallkit/http";

/** Texts of files that can't be imported, of what has to be said about one, and of imports. */
export const importTexts: Texts = {
  "import.not-found": { zh: "导入任务不存在", en: "There is no such import" },
  "import.wrong-state": {
    zh: "导入任务当前状态不允许该操作，请先查询任务状态",
    en: "The import's present state forbids this; look at its state first",
  },
  "import.unanswered": {
    zh: "文件还有未确认的问题，请先用 PUT mapping 回答",
    en: "The file leaves questions open; answer them with PUT mapping first",
  },
  "import.no-rejects": { zh: "没有被拒绝的行", en: "No row was rejected" },
  "import.empty": {
    zh: "文件为空：没有表头，也没有数据；请检查导出是否成功，再重新上传",
    en: "The file is empty: it has no header and no rows; check the export and upload it again",
  },
  "import.binary": {
    zh: "文件不是表格：既不是文本，也不是 .xlsx；请导出为 CSV 或 .xlsx 后重新上传",
    en: "The file is no table: neither text nor .xlsx; export it as CSV or .xlsx and upload that",
  },
  "import.column-missing": {
    zh: "文件中没有所需的列；请在 mapping.columns 中写明列名",
    en: "A column that is needed is not in the file; name it in mapping.columns",
  },
  "import.column-ambiguous": {
    zh: "表头中有两列同名；请改名后重新上传",
    en: "The header has a column twice; rename one and upload the file again",
  },
  "import.damaged-gzip": {
    zh: "gzip 压缩包已损坏或不完整；请重新压缩后上传",
    en: "The gzip file is damaged or cut short; pack it again and upload that",
  },
  "import.damaged-zip": {
    zh: "zip 压缩包已损坏或不完整；请重新压缩后上传",
    en: "The zip file is damaged or cut short; pack it again and upload that",
  },
  "import.damaged-workbook": {
    zh: "Excel 文件已损坏或不完整；请用 Excel 打开并另存为 .xlsx 后上传",
    en: "The workbook is damaged or cut short; open it in Excel, save it as .xlsx and upload that",
  },
  "import.delimiter-ambiguous": {
    zh: "分隔符有几种可能；请用 reading.delimiter 指明",
    en: "The file can be split in several ways; say which with reading.delimiter",
  },
  "import.encoding-ambiguous": {
    zh: "编码有几种可能；请用 reading.encoding 指明",
    en: "The file reads well in several encodings; say which with reading.encoding",
  },
  "import.encoding-unknown": {
    zh: "无法识别文件编码；请用 reading.encoding 指明，或另存为 UTF-8 后上传",
    en: "The encoding is not known; say it with reading.encoding, or save the file as UTF-8",
  },
  "import.header-ambiguous": {
    zh: "无法确定表头所在行；请用 reading.skip_lines 指明上方有几行",
    en: "The header may be on several lines; say how many lines stand above it with reading.skip_lines",
  },
  "import.sheet-ambiguous": {
    zh: "工作簿有多个工作表；请用 reading.sheet 指明",
    en: "The workbook has several sheets; name one with reading.sheet",
  },
  "import.sheet-unknown": {
    zh: "工作簿中没有该工作表；请检查 reading.sheet",
    en: "The workbook has no such sheet; check reading.sheet",
  },
  "import.entry-ambiguous": {
    zh: "压缩包内有多个文件；请只保留一个表格后重新压缩上传",
    en: "The archive holds several files; pack a single table and upload that",
  },
  "import.nested-archive": {
    zh: "压缩包内还有压缩包；请解压一层后上传",
    en: "The archive holds another archive; unpack it once and upload that",
  },
  "import.encrypted": {
    zh: "文件有密码；请去除密码后上传",
    en: "The file has a password; remove it and upload the file again",
  },
  "import.legacy-workbook": {
    zh: "不支持 Excel 97-2003 的 .xls；请另存为 .xlsx 后上传",
    en: "A workbook of Excel 97-2003 can't be read; save it as .xlsx and upload that",
  },
  "import.files-differ": {
    zh: "压缩包内各文件的列不一致；请分别上传",
    en: "The files have different columns; upload them one by one",
  },
  "import.file-changed": {
    zh: "文件在读取过程中被改动，已停止；请重新上传",
    en: "The file changed while it was read, so the import stopped; upload it again",
  },
  "import.disk-full": {
    zh: "服务器磁盘已满，文件未保存；请管理员清理 IMPORT_DIR 所在磁盘后重试",
    en: "The server's disk is full and the file was not kept; make room where IMPORT_DIR is, then try again",
  },
  "import.limit": {
    zh: "文件超出读取上限（解压后大小、压缩比、列数之一）；请拆分或精简后上传",
    en: "The file exceeds a limit of reading (unpacked size, ratio of packing, number of columns, or lines without an end); split it or leave columns out",
  },
  "import.option": {
    zh: "reading 中的选项无法识别；请检查编码、分隔符与行数",
    en: "An option of reading is not known; check encoding, delimiter and lines",
  },
  "import.unreadable": {
    zh: "在本进程的 IMPORT_DIR 中找不到或无法读取该文件；请让各进程共用同一目录，或重新上传",
    en: "The file is not in the IMPORT_DIR of this process, or can't be read; let all processes share the folder, or upload it again",
  },
  "import.rejects-unwritable": {
    zh: "无法写入被拒绝的行；请检查 IMPORT_DIR 的权限与剩余空间",
    en: "Rejected rows can't be written; check rights and room of IMPORT_DIR",
  },
  "time.ambiguous": {
    zh: "列 {column} 的日期有多种读法：{readings}；请用 dateFormat 指明",
    en: "The dates of {column} can be read in several ways: {readings}; say which with dateFormat",
  },
  "time.contradictory": {
    zh: "列 {column} 的日期写法互相矛盾；请修正，或用 dateFormat 指明",
    en: "The dates of {column} contradict each other; correct them, or say how to read them with dateFormat",
  },
  "amount.ambiguous": {
    zh: "列 {column} 的金额有多种读法：{readings}；请用 decimal 指明小数点",
    en: "The amounts of {column} can be read in several ways: {readings}; say which with decimal",
  },
  "amount.contradictory": {
    zh: "列 {column} 的金额写法互相矛盾；请修正，或用 decimal 指明小数点",
    en: "The amounts of {column} contradict each other; correct them, or say the decimal mark with decimal",
  },
  "amount.discount": {
    zh: "没有一列写明实付，而列 {column} 第 {line} 行有 {cell}；若 {price} 已是优惠后的价格，请把 amount 设为 line，否则指明实付的列",
    en: "No column says what was paid, and {column} has {cell} in line {line}; say line with amount if {price} is the price after it, else map the column of what was paid",
  },
  "amount.level-ambiguous": {
    zh: "列 {column} 的金额可能是每行的，也可能是整单的；请用 amount 指明 line 或 order",
    en: "The figures of {column} may be those of rows or of whole orders; say line or order with amount",
  },
  "amount.level-contradictory": {
    zh: "列 {column} 的金额有的像每行的，有的像整单的；请用 amount 指明 line 或 order",
    en: "Some figures of {column} are those of rows, some those of whole orders; say line or order with amount",
  },
  "refund.level-ambiguous": {
    zh: "列 {column} 的退款可能是每行的，也可能是整单的；请用 refund 指明 line 或 order",
    en: "The refunds of {column} may be those of rows or of whole orders; say line or order with refund",
  },
  "refund.level-contradictory": {
    zh: "列 {column} 的退款有的像每行的，有的像整单的；请用 refund 指明 line 或 order",
    en: "Some refunds of {column} are those of rows, some those of whole orders; say line or order with refund",
  },
  "order.repeats-ambiguous": {
    zh: "每一行都出现了至少两次，可能重复导出；请用 repeats 指明 once 或 each",
    en: "Every row is there at least twice; say with repeats whether they count once or each",
  },
  "status.unknown": {
    zh: "{count} 行的状态是「{word}」，含义未知；请在 statuses 中指明",
    en: '{count} rows have the status "{word}", and nobody has said what it means; say it in statuses',
  },
  "currency.differs": {
    zh: "金额的币种是 {currency}，商户的币种是 {tenant}；请换算后再导入",
    en: "The amounts are in {currency}, the tenant's currency is {tenant}; convert them first",
  },
};
