/** A page in the navigation. */
interface Place {
  readonly to: string;
  readonly text: string;
  /** Permission that it takes. */
  readonly needs: string;
  /** Module that it belongs to. */
  readonly module: string;
}

/** Pages by what they are about; a page whose module is not here, or that the caller may not see, is left out. */
export const NAVIGATION: readonly { readonly group: string; readonly places: readonly Place[] }[] = [
  { group: "", places: [{ to: "/", text: "nav.workbench", needs: "push:read", module: "push" }] },
  {
    group: "nav.recall",
    places: [
      { to: "/rules", text: "nav.rules", needs: "push:read", module: "push" },
      { to: "/recalls", text: "recalls.title", needs: "recalls:read", module: "recall" },
      { to: "/occurrences", text: "nav.occurrences", needs: "ops:read", module: "ops" },
      { to: "/reviews", text: "nav.reviews", needs: "ops:read", module: "ops" },
    ],
  },
  {
    group: "nav.people",
    places: [
      { to: "/customers", text: "nav.customers", needs: "people:read", module: "people" },
      { to: "/labels", text: "labels.title", needs: "customers:read", module: "people" },
      { to: "/segments", text: "segments.title", needs: "segments:read", module: "segments" },
      { to: "/suppressions", text: "suppressions.title", needs: "customers:read", module: "customers" },
      { to: "/consents", text: "consents.title", needs: "customers:read", module: "customers" },
      { to: "/imports", text: "nav.imports", needs: "customers:write", module: "imports" },
    ],
  },
  { group: "nav.effects", places: [{ to: "/effect", text: "nav.effect", needs: "funnel:read", module: "funnel" }] },
  {
    group: "coupons.group",
    places: [
      { to: "/coupons", text: "coupons.title", needs: "coupons:read", module: "coupons" },
      { to: "/templates", text: "templates.title", needs: "messages:read", module: "messages" },
    ],
  },
  {
    group: "nav.messages",
    places: [
      { to: "/monitor", text: "nav.monitor", needs: "messages:read", module: "messages" },
      { to: "/batches", text: "batches.title", needs: "messages:read", module: "messages" },
      { to: "/traces", text: "traces.title", needs: "messages:read", module: "messages" },
    ],
  },
  {
    group: "leads.group",
    places: [
      { to: "/leads", text: "leads.title", needs: "leads:read", module: "leads" },
      { to: "/lead-board", text: "leadBoard.title", needs: "leads:read", module: "leads" },
    ],
  },
  {
    group: "desk.group",
    places: [
      { to: "/projects", text: "desk.projects", needs: "desk:read", module: "service-desk" },
      { to: "/tickets", text: "desk.tickets", needs: "desk:read", module: "service-desk" },
    ],
  },
  {
    group: "launcher.group",
    places: [
      { to: "/revisits", text: "launcher.birthdays", needs: "revisits:read", module: "revisit" },
      { to: "/launcher", text: "launcher.title", needs: "launcher:read", module: "launcher" },
    ],
  },
  {
    group: "nav.settings",
    places: [
      { to: "/settings/channels", text: "settings.channels", needs: "tenant:write", module: "tenants" },
      { to: "/settings/policy", text: "settings.policy", needs: "customers:read", module: "customers" },
      { to: "/settings/members", text: "settings.members", needs: "access:read", module: "auth" },
      { to: "/settings/keys", text: "settings.keys", needs: "access:read", module: "auth" },
      { to: "/settings/config", text: "settings.config", needs: "config:read", module: "configuration" },
      { to: "/settings/jobs", text: "settings.jobs", needs: "jobs:read", module: "jobs" },
      { to: "/settings/audit", text: "settings.audit", needs: "audit:read", module: "audit" },
      { to: "/settings/callbacks", text: "settings.callbacks", needs: "ops:read", module: "sms" },
      { to: "/system", text: "nav.system", needs: "ops:read", module: "ops" },
    ],
  },
];
