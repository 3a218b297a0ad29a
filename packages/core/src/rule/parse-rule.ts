import { InputError, type InputIssue } from "../errors.js";
import { parseInput } from "../zod-issues.js";
import { BUILT_IN_VARIABLES } from "./render.js";
import { type RuleDefinition, ruleDefinitionSchema } from "./rule.js";
import { unknownVariables } from "./template.js";
/**
 * Checks a rule, variables included, and fills in its defaults.
 *
 * @throws {InputError} with every fault
 */
export function parseRule(input: unknown): RuleDefinition {
  const definition = parseInput(ruleDefinitionSchema, input);
  const known = [...BUILT_IN_VARIABLES, ...Object.keys(definition.variables)];
  const { text, miniProgram } = definition.content;
  const issues = [
    ...variableIssues("content.text", text ?? "", known),
    ...variableIssues("content.miniProgram.title", miniProgram?.title ?? "", known),
  ];
  if (issues.length > 0) throw new InputError(issues);
  return definition;
}

function variableIssues(path: string, text: string, known: readonly string[]): readonly InputIssue[] {
  return unknownVariables(text, known).map((name) => ({
    path,
    code: "content.unknown-variable",
    message: `unknown variable {{${name}}}`,
    params: { name },
  }));
}
