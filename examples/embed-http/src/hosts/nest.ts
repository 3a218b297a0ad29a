import "reflect-metadata";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { recallkitApp } from "@recallkit/http";
import { toExpress } from "@recallkit/http/express";
import { pushModule } from "recallkit/modules";
import { authorize, basePath, kit, port } from "../backend.js";

class AppModule {}
const app = await NestFactory.create(Module({})(AppModule) ?? AppModule, { logger: false });
app.use(toExpress(recallkitApp(kit, { basePath, modules: [pushModule], authorize })));
await app.listen(port);
