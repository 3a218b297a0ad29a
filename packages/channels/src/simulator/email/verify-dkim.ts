import { createHash, createPublicKey, verify } from "node:crypto";

/** What a signature says about a mail. */
export interface DkimCheck {
  readonly isValid: boolean;
  /** Headers that the signature covers, lower case, in its order. */
  readonly headers: readonly string[];
  /** Why it is not valid; empty when it is. */
  readonly fault: string;
}

const broken = (fault: string, headers: readonly string[] = []): DkimCheck => ({ isValid: false, headers, fault });

/**
 * Checks the DKIM signature of a mail (RFC 6376) with rsa-sha256 and relaxed canonicalisation of headers and body.
 *
 * @param raw the mail, lines ended by CRLF
 * @param publicKey PEM, instead of the record in the DNS
 */
export function verifyDkim(raw: string, publicKey: string): DkimCheck {
  const at = raw.indexOf("\r\n\r\n");
  if (at < 0) return broken("the mail has no end of headers");
  const headers = raw.slice(0, at).split(/\r\n(?![ \t])/);
  const body = raw.slice(at + 4);
  const signature = headers.find((line) => /^dkim-signature\s*:/i.test(line));
  if (signature === undefined) return broken("the mail is not signed");
  const tags = tagsOf(signature.slice(signature.indexOf(":") + 1));
  const names = (tags.h ?? "").split(":").map((name) => name.trim().toLowerCase());
  if (tags.a !== "rsa-sha256" || tags.c !== "relaxed/relaxed") return broken("another algorithm", names);
  if (createHash("sha256").update(relaxedBody(body), "latin1").digest("base64") !== tags.bh) {
    return broken("the body was changed", names);
  }
  // From the last one up, each only once (RFC 6376, 5.4.2).
  const unused = headers.toReversed();
  const signed = names.flatMap((name) => {
    const index = unused.findIndex((line) => nameOf(line) === name);
    return index < 0 ? [] : [relaxedHeader(unused.splice(index, 1)[0] ?? "")];
  });
  const empty = relaxedHeader(signature.replace(/([;\s]b=)[^;]*/, "$1")).trimEnd();
  const data = [...signed, empty].join("\r\n");
  const isValid = verify(
    "sha256",
    Buffer.from(data, "latin1"),
    createPublicKey(publicKey),
    Buffer.from(tags.b ?? "", "base64"),
  );
  return isValid ? { isValid, headers: names, fault: "" } : broken("the signature is wrong", names);
}

function tagsOf(list: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list.split(";").flatMap((tag) => {
      const at = tag.indexOf("=");
      return at < 0 ? [] : [[tag.slice(0, at).trim(), tag.slice(at + 1).replace(/\s/g, "")]];
    }),
  );
}

const nameOf = (line: string) => line.slice(0, line.indexOf(":")).trim().toLowerCase();

function relaxedHeader(line: string): string {
  const value = line.slice(line.indexOf(":") + 1).replace(/\r\n/g, "");
  return `${nameOf(line)}:${value.replace(/[ \t]+/g, " ").replace(/^ | $/g, "")}`;
}

function relaxedBody(body: string): string {
  const lines = body.split("\r\n").map((line) => line.replace(/[ \t]+/g, " ").replace(/ $/, ""));
  while (lines.at(-1) === "") lines.pop();
  return lines.length === 0 ? "" : `${lines.join("\r\n")}\r\n`;
}
