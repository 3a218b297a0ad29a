import { InputError, type InputIssue } from "../errors.js";
import { parseInput } from "../zod-issues.js";
import { BUILT_IN_VARIABLES, contentVariableFaults, PERSONAL_VARIABLES, personalVariablesOf } from "./render.js";
import { type RuleDefinition, ruleDefinitionSchema } from "./rule.js";

/**
 * Checks a rule, variables included, and fills in its defaults. What only a channel knows of content it checks itself.
 *
 * @throws {InputError} with every fault
 */
export function parseRule(input: unknown): RuleDefinition {
  const definition = parseInput(ruleDefinitionSchema, input);
  const issues = variableIssues(definition);
  if (issues.length > 0) throw new InputError(issues);
  return definition;
}

function variableIssues({ content, variables }: RuleDefinition): readonly InputIssue[] {
  const known = [...BUILT_IN_VARIABLES, ...PERSONAL_VARIABLES, ...Object.keys(variables)];
  return [
    ...contentVariableFaults(content, known).map(({ path, name }) => ({
      path: `content.${path}`,
      code: "content.unknown-variable",
      message: `unknown variable {{${name}}}`,
      params: { name },
    })),
    ...personalVariablesOf(content)
      .filter((name) => !Object.hasOwn(variables, name))
      .map((name) => ({
        path: `variables.${name}`,
        code: "content.variable-needs-default",
        message: `{{${name}}} needs a value for people who have none`,
        params: { name },
      })),
  ];
}
