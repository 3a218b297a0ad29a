import { zipped } from "../test-files.js";

const ROOT = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';

export interface TestSheet {
  readonly name: string;
  /** Content of `sheetData`. */
  readonly rows: string;
  readonly after?: string;
  readonly state?: "hidden" | "veryHidden";
}

export interface TestWorkbook {
  readonly sheets: readonly TestSheet[];
  readonly texts?: readonly string[];
  /** Format codes by style, from style 1. */
  readonly formats?: readonly string[];
  readonly is1904?: boolean;
  readonly more?: Readonly<Record<string, string>>;
}

/** A workbook as Excel writes it, of the given XML. */
export function testWorkbook({ sheets, texts, formats, is1904, more }: TestWorkbook): Promise<Buffer> {
  const parts: Record<string, string> = {
    "[Content_Types].xml": `${ROOT}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    "xl/workbook.xml": `${ROOT}<workbook ${MAIN} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr${is1904 ? ' date1904="1"' : ""}/><sheets>${sheets
      .map(
        ({ name, state }, at) =>
          `<sheet name="${name}" sheetId="${at + 1}"${state ? ` state="${state}"` : ""} r:id="rId${at + 1}"/>`,
      )
      .join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `${ROOT}<Relationships>${sheets
      .map(
        (_, at) => `<Relationship Id="rId${at + 1}" Type="http://x/worksheet" Target="worksheets/sheet${at + 1}.xml"/>`,
      )
      .join("")}<Relationship Id="rId99" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
  };
  for (const [at, { rows, after = "" }] of sheets.entries())
    parts[`xl/worksheets/sheet${at + 1}.xml`] =
      `${ROOT}<worksheet ${MAIN}><sheetData>${rows}</sheetData>${after}</worksheet>`;
  if (texts)
    parts["xl/sharedStrings.xml"] = `${ROOT}<sst ${MAIN}>${texts.map((text) => `<si>${text}</si>`).join("")}</sst>`;
  if (formats)
    parts["xl/styles.xml"] = `${ROOT}<styleSheet ${MAIN}><numFmts>${formats
      .map((code, at) => `<numFmt numFmtId="${164 + at}" formatCode="${code.replaceAll('"', "&quot;")}"/>`)
      .join("")}</numFmts><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats
      .map((_, at) => `<xf numFmtId="${164 + at}"/>`)
      .join("")}</cellXfs></styleSheet>`;
  return zipped({ ...parts, ...more });
}

/** A row of texts written in place. */
export function textRow(line: number, cells: readonly string[]): string {
  const written = cells.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`);
  return `<row r="${line}">${written.join("")}</row>`;
}
