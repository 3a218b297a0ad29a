import { createServer } from "node:http";
import { createRecallKit } from "@recallkit/core";
import { recallkitApp, toNodeHandler } from "@recallkit/http";
import { pushModule } from "recallkit/modules";

const kit = createRecallKit();
const recall = recallkitApp(kit, {
  basePath: "/recall",
  modules: [pushModule],
  // Your own sign-in: who calls, or null.
  authorize: (request) => (request.headers.get("x-user") ? { tenantId: 1, actor: "user:7", permissions: "all" } : null),
});
createServer(toNodeHandler(recall)).listen(Number(process.env.PORT ?? 3000));
// curl -X POST -H 'x-user: 7' -H 'content-type: application/json' -d '{"page":1,"pagesize":10}' localhost:3000/recall/wechatpush/lists
// {"success":true,"data":{"data":[],"total":0,"page":1,"pagesize":10,"pages":0}}
