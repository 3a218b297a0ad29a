import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";

/** A page names its title and its place in the navigation. */
declare module "vue-router" {
  interface RouteMeta {
    readonly title: string;
    readonly isBare?: boolean;
  }
}

const routes: RouteRecordRaw[] = [
  { path: "/", component: () => import("./workbench/workbench-page.vue"), meta: { title: "nav.workbench" } },
  { path: "/rules", component: () => import("./rule/rule-list.vue"), meta: { title: "nav.rules" } },
  { path: "/rules/new", component: () => import("./rule/rule-editor.vue"), meta: { title: "rule.new" } },
  { path: "/rules/:id/edit", component: () => import("./rule/rule-editor.vue"), meta: { title: "rule.edit" } },
  { path: "/rules/:id", component: () => import("./rule/rule-detail.vue"), meta: { title: "rule.one" } },
  {
    path: "/rules/:id/occurrences/:occurrence",
    component: () => import("./occurrence/occurrence-detail.vue"),
    meta: { title: "occurrence.one" },
  },
  {
    path: "/occurrences",
    component: () => import("./occurrence/occurrence-list.vue"),
    meta: { title: "nav.occurrences" },
  },
  { path: "/reviews", component: () => import("./review/review-queue.vue"), meta: { title: "nav.reviews" } },
  { path: "/customers", component: () => import("./customer/customer-list.vue"), meta: { title: "nav.customers" } },
  {
    path: "/customers/:id",
    component: () => import("./customer/customer-detail.vue"),
    meta: { title: "customer.one" },
  },
  { path: "/imports", component: () => import("./import/import-list.vue"), meta: { title: "nav.imports" } },
  { path: "/imports/:id", component: () => import("./import/import-detail.vue"), meta: { title: "import.one" } },
  { path: "/labels", component: () => import("./label/label-list.vue"), meta: { title: "labels.title" } },
  { path: "/segments", component: () => import("./segment/segment-list.vue"), meta: { title: "segments.title" } },
  { path: "/segments/new", component: () => import("./segment/segment-editor.vue"), meta: { title: "segments.new" } },
  {
    path: "/segments/:id/edit",
    component: () => import("./segment/segment-editor.vue"),
    meta: { title: "segments.edit" },
  },
  { path: "/segments/:id", component: () => import("./segment/segment-detail.vue"), meta: { title: "segments.one" } },
  {
    path: "/suppressions",
    component: () => import("./suppression/suppression-list.vue"),
    meta: { title: "suppressions.title" },
  },
  { path: "/consents", component: () => import("./consent/consent-list.vue"), meta: { title: "consents.title" } },
  { path: "/coupons", component: () => import("./coupon/coupon-list.vue"), meta: { title: "coupons.title" } },
  { path: "/coupons/:id", component: () => import("./coupon/coupon-detail.vue"), meta: { title: "coupons.one" } },
  { path: "/recalls", component: () => import("./recall/recall-list.vue"), meta: { title: "recalls.title" } },
  { path: "/recalls/:id", component: () => import("./recall/recall-detail.vue"), meta: { title: "recalls.one" } },
  { path: "/templates", component: () => import("./template/template-list.vue"), meta: { title: "templates.title" } },
  {
    path: "/templates/new",
    component: () => import("./template/template-editor.vue"),
    meta: { title: "templates.new" },
  },
  {
    path: "/templates/:id/edit",
    component: () => import("./template/template-editor.vue"),
    meta: { title: "templates.edit" },
  },
  {
    path: "/templates/:id",
    component: () => import("./template/template-detail.vue"),
    meta: { title: "templates.one" },
  },
  { path: "/batches", component: () => import("./message/batch-list.vue"), meta: { title: "batches.title" } },
  { path: "/batches/new", component: () => import("./message/new-batch.vue"), meta: { title: "batches.new" } },
  { path: "/batches/:id", component: () => import("./message/batch-detail.vue"), meta: { title: "batches.one" } },
  { path: "/traces", component: () => import("./message/trace-list.vue"), meta: { title: "traces.title" } },
  { path: "/traces/:trace", component: () => import("./message/trace-detail.vue"), meta: { title: "traces.message" } },
  { path: "/leads", component: () => import("./lead/package-list.vue"), meta: { title: "leads.title" } },
  { path: "/lead-board", component: () => import("./lead/lead-board.vue"), meta: { title: "leadBoard.title" } },
  { path: "/leads/:id", component: () => import("./lead/package-detail.vue"), meta: { title: "leads.one" } },
  { path: "/dial-tasks/:id", component: () => import("./lead/task-detail.vue"), meta: { title: "leads.taskOne" } },
  { path: "/projects", component: () => import("./desk/project-list.vue"), meta: { title: "desk.projects" } },
  { path: "/projects/:id", component: () => import("./desk/project-detail.vue"), meta: { title: "desk.projectOne" } },
  { path: "/tickets", component: () => import("./desk/ticket-list.vue"), meta: { title: "desk.tickets" } },
  { path: "/tickets/:id", component: () => import("./desk/ticket-detail.vue"), meta: { title: "desk.ticketOne" } },
  { path: "/effect", component: () => import("./effect/effect-page.vue"), meta: { title: "nav.effect" } },
  { path: "/monitor", component: () => import("./monitor/monitor-page.vue"), meta: { title: "nav.monitor" } },
  { path: "/system", component: () => import("./system/system-page.vue"), meta: { title: "nav.system" } },
  { path: "/launcher", component: () => import("./launcher/launcher-page.vue"), meta: { title: "launcher.title" } },
  { path: "/revisits", component: () => import("./launcher/birthday-page.vue"), meta: { title: "launcher.birthdays" } },
  {
    path: "/settings/channels",
    component: () => import("./settings/channel-accounts.vue"),
    meta: { title: "settings.channels" },
  },
  {
    path: "/settings/policy",
    component: () => import("./settings/contact-policy.vue"),
    meta: { title: "settings.policy" },
  },
  {
    path: "/settings/members",
    component: () => import("./settings/members-page.vue"),
    meta: { title: "settings.members" },
  },
  { path: "/settings/keys", component: () => import("./settings/api-keys.vue"), meta: { title: "settings.keys" } },
  {
    path: "/settings/config",
    component: () => import("./settings/config-list.vue"),
    meta: { title: "settings.config" },
  },
  {
    path: "/settings/config/:key",
    component: () => import("./settings/config-entry.vue"),
    meta: { title: "settings.entry" },
  },
  { path: "/settings/jobs", component: () => import("./settings/job-list.vue"), meta: { title: "settings.jobs" } },
  {
    path: "/settings/jobs/:name",
    component: () => import("./settings/job-detail.vue"),
    meta: { title: "settings.oneJob" },
  },
  { path: "/settings/audit", component: () => import("./settings/audit-page.vue"), meta: { title: "settings.audit" } },
  {
    path: "/settings/callbacks",
    component: () => import("./settings/callbacks-page.vue"),
    meta: { title: "settings.callbacks" },
  },
  { path: "/:rest(.*)*", component: () => import("./shell/not-found.vue"), meta: { title: "missing.title" } },
];

/** Addresses below the console's own, which the page's base tells. */
export const router = createRouter({
  history: createWebHistory(new URL(document.baseURI).pathname),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});
