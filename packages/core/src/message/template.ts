import type { MessageTemplateId, TenantId } from "../id.js";
import type { MessageContent } from "../rule/content.js";

/** Kinds of values that a variable of a template takes. */
export const VARIABLE_TYPES = ["text", "number", "date", "url"] as const;
export type VariableType = (typeof VARIABLE_TYPES)[number];

/** A variable that a template declares. */
export interface TemplateVariable {
  /** `text`: one line; `number`: a number, as text too; `date`: `YYYY-MM-DD`; `url`: https. @default "text" */
  readonly type: VariableType;
  /** Longest value, characters, 1 … 5000. @default 255 */
  readonly maxLength: number;
  /** Whether a text may have several lines. @default false */
  readonly isMultiline: boolean;
  /** Value where none is given; absent: one must be given. */
  readonly default?: string | undefined;
  /** What previews show. @default the name in brackets */
  readonly example?: string | undefined;
}

export const TEMPLATE_STATUSES = ["active", "inactive"] as const;
export type TemplateStatus = (typeof TEMPLATE_STATUSES)[number];

/** What a version of a template says, with its defaults filled in. */
export interface TemplateDefinition {
  /** 1 … 255 characters. */
  readonly name: string;
  /** Channel that carries its messages. */
  readonly channel: string;
  /** With `{{variables}}`; in `html` their values are written as text. */
  readonly content: MessageContent;
  /** Variables that the content uses, each declared, by name. */
  readonly variables: Readonly<Record<string, TemplateVariable>>;
  /** `marketing` messages obey caps, quiet hours and consents; `transactional` must be asked for. @default "marketing" */
  readonly messageClass: "marketing" | "transactional";
  /** What its messages are about, for the preferences of recipients. @default none */
  readonly category?: string | undefined;
  /** The provider's name for the template, for those that fill in templates of their own. @default none */
  readonly providerTemplateId?: string | undefined;
  /** Template of the same channel whose `html` surrounds this one's at `{{body}}`. @default none */
  readonly layoutId?: number | undefined;
  /** `html` of that layout when this version was written, so that a version says all. */
  readonly layoutHtml?: string | undefined;
  /** It surrounds others and is no message itself. @default false */
  readonly isLayout: boolean;
  /** Last moment to begin an attempt, after the message is due. 1 min … 7 days. @default 24 h */
  readonly expireAfterMs: number;
  /** What follows an unknown outcome that can't be looked up. @default "hold" */
  readonly onUnknown: "hold" | "resend";
}

/** A template with its newest version. Messages keep the version that they were accepted with. */
export interface MessageTemplate {
  /** Unique in the installation. */
  readonly id: MessageTemplateId;
  /** The merchant whose template it is. */
  readonly tenantId: TenantId;
  /** Messages are accepted only while it is `active`; those accepted before still go out. */
  readonly status: TemplateStatus;
  /** 1 for a new template, one more for every edit. */
  readonly version: number;
  /** What it says now. */
  readonly definition: TemplateDefinition;
  /** When it was made, in ms since the epoch. */
  readonly createdAt: number;
  /** When it last changed, in ms since the epoch. */
  readonly updatedAt: number;
}

/** One version of a template. */
export interface TemplateVersion {
  /** Number of the version, from 1. */
  readonly version: number;
  /** What the template said then. */
  readonly definition: TemplateDefinition;
  /** Since when, in ms since the epoch. */
  readonly createdAt: number;
}
