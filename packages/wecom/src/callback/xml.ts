import { type XmlElement as ParsedElement, XmlElement as ParsedElementClass, parseXml } from "@rgrove/parse-xml";

/** An element of a callback's XML; attributes are never used. */
export interface XmlElement {
  readonly name: string;
  /** As it was sent: nothing is trimmed or taken for a number. Empty for an element with others in it. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** Nothing but a declaration may stand before the root, so no document type and no entity of its making. */
const BEGINNING = /^\uFEFF?\s*(?:<\?xml[^<>]{0,128}\?>\s*)?<xml>/;
/** Real ones have four levels. */
const MAX_DEPTH = 16;

/** The root of a callback's XML; undefined when it is not well-formed, has a document type or is nested too deeply. */
export function readXml(text: string): XmlElement | undefined {
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
  return element.children.find((child) => child.name === name)?.text || undefined;
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
