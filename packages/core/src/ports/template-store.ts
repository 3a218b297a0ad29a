import type { MessageTemplate, TemplateDefinition, TemplateStatus, TemplateVersion } from "../message/template.js";
import type { Page, PageRequest } from "../page.js";

export interface TemplateFilter extends PageRequest {
  /** Only of this channel. */
  readonly channel?: string;
  /** Only of this status. */
  readonly status?: TemplateStatus;
  /** Only those whose name holds it, in lower case. */
  readonly search?: string;
}

/** Templates of messages and their versions, which are never changed. */
export interface TemplateStore {
  /** Adds a template with its first version. @returns its id */
  insert(
    tenantId: number,
    template: { readonly definition: TemplateDefinition; readonly status: TemplateStatus; readonly at: number },
  ): Promise<number>;
  /** Adds a version, while `version` is the newest one. @returns false when it is not, or there is no such template */
  edit(
    tenantId: number,
    templateId: number,
    edit: { readonly version: number; readonly definition: TemplateDefinition; readonly at: number },
  ): Promise<boolean>;
  /** @returns false when there is none */
  setStatus(tenantId: number, templateId: number, status: TemplateStatus, at: number): Promise<boolean>;
  /** One template by id. */
  get(tenantId: number, templateId: number): Promise<MessageTemplate | undefined>;
  /** A version, the newest one or an earlier one. */
  version(tenantId: number, templateId: number, version: number): Promise<TemplateVersion | undefined>;
  /** By ascending version. */
  versions(tenantId: number, templateId: number): Promise<readonly TemplateVersion[]>;
  /** By ascending id. */
  list(tenantId: number, filter: TemplateFilter): Promise<Page<MessageTemplate>>;
}
