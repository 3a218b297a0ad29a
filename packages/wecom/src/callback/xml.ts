import { type XmlElement as ParsedElement, XmlElement as ParsedElementClass, parseXml } from "@rgrove/parse-xml";

/** An element of a callback's XML; attributes are never used. */
export interface XmlElement {
  readonly name: string;
  /** As it was sent: nothing is trimmed or taken for a number. Empty for an element with others in it. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const NO_CHILDREN: readonly XmlElement[] = [];
/** An element of plain text, or of one section, whose characters mean themselves. */
const FLAT_CHILD =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML knows none of them but two
  /<([A-Za-z_]\w*)>(?:<!\[CDATA\[([^\]\u0000-\u0008\u000b-\u001f\ud800-\udfff\ufffe\uffff]*)\]\]>|([^<>&\]\u0000-\u0008\u000b-\u001f\ud800-\udfff\ufffe\uffff]*))<\/\1>[\t\n ]*/y;
const FLAT_START = /<xml>[\t\n ]*/y;
const FLAT_END = /<\/xml>[\t\n ]*$/y;

/**
 * The root of XML in the form in which nearly all callbacks come: elements of text within one, nothing to resolve or normalize. Reads
 * at several times the speed of a parser; undefined says nothing about the text.
 */
export function readFlatXml(text: string): XmlElement | undefined {
  FLAT_START.lastIndex = 0;
  if (!FLAT_START.test(text)) return undefined;
  const children: XmlElement[] = [];
  for (let at = FLAT_START.lastIndex; ; at = FLAT_CHILD.lastIndex) {
    FLAT_CHILD.lastIndex = at;
    const found = FLAT_CHILD.exec(text);
    if (found === null) {
      FLAT_END.lastIndex = at;
      return children.length > 0 && FLAT_END.test(text) ? { name: "xml", text: "", children } : undefined;
    }
    children.push({ name: found[1] ?? "", text: found[2] ?? found[3] ?? "", children: NO_CHILDREN });
  }
}

/** Nothing but a declaration may stand before the root, so no document type and no entity of its making. */
const BEGINNING = /^\uFEFF?\s*(?:<\?xml[^<>]{0,128}\?>\s*)?<xml>/;
/** Real ones have four levels. */
const MAX_DEPTH = 16;

/** The root of a callback's XML; undefined when it is not well-formed, has a document type or is nested too deeply. */
export function readXml(text: string): XmlElement | undefined {
  return readFlatXml(text) ?? readAnyXml(text);
}

/** {@link readXml} for whatever is in the XML. */
export function readAnyXml(text: string): XmlElement | undefined {
  if (!BEGINNING.test(text)) return undefined;
  try {
    const { root } = parseXml(text);
    return root === null ? undefined : elementOf(root, MAX_DEPTH);
  } catch {
    return undefined;
  }
}

/** The text of the first child of this name; undefined when there is none or it is empty. */
export function childText(element: XmlElement, name: string): string | undefined {
  for (const child of element.children) if (child.name === name) return child.text || undefined;
  return undefined;
}

/** Text as a CDATA section, whatever it holds but characters that XML does not know. */
export function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(NOT_IN_XML, "").replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
}

// Control characters, lone surrogates and the two that are none have no place in XML, not even escaped.
const NOT_IN_XML =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** @throws {RangeError} nested too deeply */
function elementOf(element: ParsedElement, levels: number): XmlElement {
  if (levels === 0) throw new RangeError("nested too deeply");
  const children = element.children
    .filter((child): child is ParsedElement => child instanceof ParsedElementClass)
    .map((child) => elementOf(child, levels - 1));
  return { name: element.name, text: children.length === 0 ? element.text : "", children };
}
