import { recallkitApp } from "@recallkit/http";
import { toExpress } from "@recallkit/http/express";
import express from "express";
import { pushModule } from "recallkit/modules";
import { authorize, basePath, kit, port } from "../backend.js";

const app = express();
app.use(toExpress(recallkitApp(kit, { basePath, modules: [pushModule], authorize })));
app.listen(port);
