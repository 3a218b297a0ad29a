/** What a text is, by how it begins. */
export type DocumentKind = "csv" | "html" | "xml-spreadsheet" | { readonly binary: string };

const HTML = /^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*<(!doctype html|html|head|meta|body|table|style)[\s>]/i;
const XML_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet";

/** @param head some thousand characters of the text */
export function documentKind(head: string): DocumentKind {
  if (HTML.test(head)) return "html";
  if (/^\s*<\?xml\s/.test(head))
    return head.includes(XML_SPREADSHEET) ? "xml-spreadsheet" : { binary: "an XML document" };
  return /^\s*(\{\s*"|\[\s*\{)/.test(head) ? { binary: "a JSON document" } : "csv";
}

/** The encoding that a document of ASCII's family says it is in, as `gb2312`. */
export function declaredEncoding(head: string): string | undefined {
  return /<\?xml[^>]*\sencoding\s*=\s*["']?([\w-]+)/i.exec(head)?.[1] ?? /charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1];
}
