import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { folderOf, newFolder, type PrivateServer, start, unprivileged } from "./private-server.ts";

/** Starts a private ClickHouse from installed binaries; its user `default` has no password. @returns undefined where there are none */
export async function startClickhouse(): Promise<PrivateServer | undefined> {
  const binaries = folderOf(["clickhouse-server"]);
  if (binaries === undefined) return undefined;
  const folder = newFolder("clickhouse");
  const [http, tcp, between] = [await freePort(), await freePort(), await freePort()];
  const owner = unprivileged();
  for (const name of ["data", "tmp", "user_files", "format_schemas"]) {
    const path = join(folder, name);
    mkdirSync(path);
    if (owner) chownSync(path, owner.uid, owner.gid);
  }
  const users = join(folder, "users.xml");
  const config = join(folder, "config.xml");
  writeFileSync(
    users,
    `<yandex>
  <profiles><default><max_memory_usage>1000000000</max_memory_usage><max_threads>2</max_threads></default></profiles>
  <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
  <quotas><default></default></quotas>
</yandex>
`,
  );
  writeFileSync(
    config,
    `<yandex>
  <logger><level>warning</level><log>${join(folder, "server.log")}</log><errorlog>${join(folder, "error.log")}</errorlog></logger>
  <http_port>${http}</http_port>
  <tcp_port>${tcp}</tcp_port>
  <interserver_http_port>${between}</interserver_http_port>
  <listen_host>127.0.0.1</listen_host>
  <path>${join(folder, "data")}/</path>
  <tmp_path>${join(folder, "tmp")}/</tmp_path>
  <user_files_path>${join(folder, "user_files")}/</user_files_path>
  <format_schema_path>${join(folder, "format_schemas")}/</format_schema_path>
  <users_config>${users}</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <timezone>UTC</timezone>
  <mark_cache_size>67108864</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <background_pool_size>2</background_pool_size>
</yandex>
`,
  );
  if (owner) for (const file of [users, config]) chownSync(file, owner.uid, owner.gid);
  return start({
    name: "ClickHouse",
    command: join(binaries, "clickhouse-server"),
    args: [`--config-file=${config}`],
    port: http,
    folder,
    endSignal: "SIGTERM",
    url: `http://127.0.0.1:${http}`,
  });
}
