import { InputError, type InputIssue } from "@recallkit/core";
import { renderScript, type ScriptGate, scriptVariables } from "@recallkit/core/script";
import type { StoredTemplate } from "./templates.js";

/** Somebody of whom all is known, for looking at templates. */
const SAMPLE = { surname: "张", title: "女士", daysToBirthday: 7, vipLevel: "金卡", salonName: "晨光" };
const LIMITS = { maxBytes: 4000 };
const MOST_FINDINGS = 10;

/**
 * A greeting goes through the gate as somebody and as nobody; a promotion has a certificate of review and no variables.
 *
 * @throws {InputError} with each fault
 */
export function assertTemplate(
  { purpose, text, reviewCertificateNo }: Pick<StoredTemplate, "purpose" | "text" | "reviewCertificateNo">,
  gate: ScriptGate,
): void {
  const issues = purpose === "promotion" ? promotionFaults(text, reviewCertificateNo) : greetingFaults(text, gate);
  if (purpose === "birthday" && reviewCertificateNo !== null) {
    issues.push(fault("review_certificate_no", "script-template.no-certificate", "is of promotions only"));
  }
  if (issues.length > 0) throw new InputError(issues);
}

function promotionFaults(text: string, certificate: string | null): InputIssue[] {
  return [
    ...(certificate === null
      ? [fault("review_certificate_no", "script-template.certificate", "is required of a promotion")]
      : []),
    ...(/\{\{|\}\}/.test(text)
      ? [fault("text", "script-template.verbatim", "must be as it was reviewed, without variables")]
      : []),
  ];
}

function greetingFaults(text: string, gate: ScriptGate): InputIssue[] {
  const unknown = scriptVariables(text).filter((name) => !Object.hasOwn(SAMPLE, name));
  if (unknown.length > 0) {
    return unknown.map((name) => ({
      ...fault("text", "script-template.variable", `has no ${name}`),
      params: { name },
    }));
  }
  const renderings = [SAMPLE, {}].flatMap((facts) => {
    const rendered = renderScript(text, facts);
    return rendered === undefined ? [] : [{ rendered, facts }];
  });
  const found = renderings.flatMap(({ rendered, facts }) =>
    gate.check(rendered, { facts, limits: LIMITS }).findings.map(({ code, start, end, source }) => {
      const words = rendered.slice(start, end).slice(0, 40);
      const issue = fault("text", "script-template.finding", `${code}: ${words}`);
      return { ...issue, params: { code, words, source } };
    }),
  );
  return [...new Map(found.map((issue) => [issue.message, issue])).values()].slice(0, MOST_FINDINGS);
}

function fault(path: string, code: string, message: string): InputIssue {
  return { path, code, message };
}
