import { InputError, type InputIssue } from "../errors.js";
import { withoutNulls, withoutNullsDeep } from "../without-nulls.js";
import { parseInput } from "../zod-issues.js";
import { contentsOf } from "./fall-back-order.js";
import {
  BUILT_IN_VARIABLES,
  contentVariableFaults,
  LINK_VARIABLES,
  PERSONAL_VARIABLES,
  personalVariablesOf,
} from "./render.js";
import { type RuleDefinition, ruleDefinitionSchema } from "./rule.js";

/**
 * Checks a rule, variables included, and fills in its defaults. What only a channel knows of content it checks itself.
 *
 * @throws {InputError} with every fault
 */
export function parseRule(input: unknown): RuleDefinition {
  const definition = parseInput(ruleDefinitionSchema, withoutRuleNulls(input));
  const issues = variableIssues(definition);
  if (issues.length > 0) throw new InputError(issues);
  return definition;
}

/** Nulls of a rule count as absent, save for `alert`, where null says never, and inside the parts of contents, which are a channel's. */
function withoutRuleNulls(input: unknown): unknown {
  if (!isObject(input)) return input;
  const { content, contents, alert, ...rest }: { content?: unknown; contents?: unknown; alert?: unknown } = {
    ...input,
  };
  return {
    ...Object(withoutNullsDeep(rest)),
    ...(content !== undefined && content !== null && { content: withoutNulls(content) }),
    ...(contents !== undefined && contents !== null && { contents: withoutNullsOfEach(contents) }),
    ...(alert !== undefined && { alert: withoutNulls(alert) }),
  };
}

function withoutNullsOfEach(contents: unknown): unknown {
  if (!isObject(contents)) return contents;
  const entries = Object.entries(contents).filter(([, content]) => content !== null && content !== undefined);
  return Object.fromEntries(entries.map(([channel, content]) => [channel, withoutNulls(content)]));
}

function isObject(input: unknown): input is object {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}

function variableIssues({ variables, ...rule }: RuleDefinition): readonly InputIssue[] {
  // Channels that say the same are judged once.
  const contents = [...new Map(contentsOf(rule).map((one) => [one.path, one])).values()];
  const personal = [...new Set(contents.flatMap(({ content }) => personalVariablesOf(content)))];
  const known = [...BUILT_IN_VARIABLES, ...PERSONAL_VARIABLES, ...LINK_VARIABLES, ...Object.keys(variables)];
  return [
    ...LINK_VARIABLES.filter((name) => Object.hasOwn(variables, name)).map((name) => ({
      path: `variables.${name}`,
      code: "content.reserved-variable",
      message: `{{${name}}} is made for each person, and takes no value`,
      params: { name },
    })),
    ...contents.flatMap(({ content, path: place }) =>
      contentVariableFaults(content, known).map(({ path, name }) => ({
        path: `${place}.${path}`,
        code: "content.unknown-variable",
        message: `unknown variable {{${name}}}`,
        params: { name },
      })),
    ),
    ...personal
      .filter((name) => !Object.hasOwn(variables, name))
      .map((name) => ({
        path: `variables.${name}`,
        code: "content.variable-needs-default",
        message: `{{${name}}} needs a value for people who have none`,
        params: { name },
      })),
  ];
}
