import { createServer } from "node:http";
import { recallkitApp, toNodeHandler } from "@recallkit/http";
import { pushModule } from "recallkit/modules";
import { authorize, basePath, kit, port } from "../backend.js";

const recall = recallkitApp(kit, { basePath, modules: [pushModule], authorize });
createServer(toNodeHandler(recall)).listen(port);
