-- A database of release 0.1.0: 24 people of whom 12 had a message at 2025-11-21 08:00 UTC, one of these bought again, and a push to all waits.
BEGIN TRANSACTION;
CREATE TABLE rk_alarms (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL,
  code TEXT NOT NULL,
  entity TEXT NOT NULL,
  entity_id INTEGER NOT NULL,
  detail TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE TABLE rk_attempts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL,
  batch_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  lease_epoch INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  class TEXT,
  answer TEXT
);
INSERT INTO "rk_attempts" VALUES(1,1,1,1,1,1763712000930,1763712000979,'OK','{"recipients":10,"refused":0,"warnings":0}');
INSERT INTO "rk_attempts" VALUES(2,1,2,1,1,1763712000930,1763712000994,'OK','{"recipients":2,"refused":0,"warnings":0}');
CREATE TABLE rk_batches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL,
  occurrence_id INTEGER NOT NULL,
  rule_id INTEGER NOT NULL,
  channel TEXT NOT NULL,
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  size INTEGER NOT NULL,
  marker TEXT NOT NULL,
  content_hash TEXT,
  capability TEXT NOT NULL,
  provider_message_id TEXT,
  warnings TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  resends INTEGER NOT NULL,
  faults INTEGER NOT NULL,
  look_ups INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  attempted_at INTEGER,
  accepted_at INTEGER,
  polls INTEGER NOT NULL,
  settled INTEGER NOT NULL,
  lease_owner TEXT,
  lease_until INTEGER,
  lease_epoch INTEGER NOT NULL,
  created_at INTEGER NOT NULL
);
INSERT INTO "rk_batches" VALUES(1,1,1,1,'wecom',1,'accepted',NULL,10,'4e3t6twh2ykz','8581846e822fe4fd573b1ef200aef3c0b2a240593d1b11a3179e69296d0caa02','lookup','msgHbyz_ovmUdlBhHiWHNepSn20TzYYXB','[]',1,0,0,0,1763712001083,1763712000930,1763712000979,1,1,NULL,NULL,2,1763712000890);
INSERT INTO "rk_batches" VALUES(2,1,1,1,'wecom',2,'accepted',NULL,2,'jeunflzpbhax','8581846e822fe4fd573b1ef200aef3c0b2a240593d1b11a3179e69296d0caa02','lookup','msgpXz9dzBZ90xvcv64_LelEfNdAzZdEs','[]',1,0,0,0,1763712001094,1763712000930,1763712000994,1,1,NULL,NULL,2,1763712000892);
CREATE TABLE rk_cap_ledger (
  tenant_id INTEGER NOT NULL,
  delivery_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  batch_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, delivery_id)
) WITHOUT ROWID;
INSERT INTO "rk_cap_ledger" VALUES(1,1,2,1,1763712000930);
INSERT INTO "rk_cap_ledger" VALUES(1,2,4,1,1763712000930);
INSERT INTO "rk_cap_ledger" VALUES(1,3,6,1,1763712000930);
INSERT INTO "rk_cap_ledger" VALUES(1,4,8,1,1763712000930);
INSERT INTO "rk_cap_ledger" VALUES(1,5,10,1,1763712000930);
INSERT INTO "rk_cap_ledger" VALUES(1,6,12,1,1763712000930);
INSERT INTO "rk_cap_ledger" VALUES(1,7,14,1,1763712000930);
INSERT INTO "rk_cap_ledger" VALUES(1,8,16,1,1763712000930);
INSERT INTO "rk_cap_ledger" VALUES(1,9,18,1,1763712000930);
INSERT INTO "rk_cap_ledger" VALUES(1,10,20,1,1763712000930);
INSERT INTO "rk_cap_ledger" VALUES(1,11,22,2,1763712000930);
INSERT INTO "rk_cap_ledger" VALUES(1,12,24,2,1763712000930);
CREATE TABLE rk_changes (
  tenant_id INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  kind TEXT NOT NULL,
  row_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, revision, kind, row_id)
) WITHOUT ROWID;
INSERT INTO "rk_changes" VALUES(1,1,'customer',1,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',2,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',3,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',4,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',5,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',6,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',7,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',8,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',9,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',10,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',11,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',12,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',13,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',14,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',15,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',16,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',17,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',18,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',19,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',20,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',21,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',22,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',23,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'customer',24,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'label',1,1763712000763);
INSERT INTO "rk_changes" VALUES(1,1,'label',2,1763712000763);
INSERT INTO "rk_changes" VALUES(1,2,'order',1,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',2,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',3,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',4,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',5,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',6,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',7,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',8,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',9,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',10,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',11,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',12,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',13,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',14,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',15,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',16,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',17,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',18,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',19,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',20,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',21,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',22,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',23,1763712000788);
INSERT INTO "rk_changes" VALUES(1,2,'order',24,1763712000788);
INSERT INTO "rk_changes" VALUES(1,3,'order',25,1763712001185);
CREATE TABLE rk_config (
  tenant_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant_id, name)
) WITHOUT ROWID;
CREATE TABLE rk_customer_identities (
  tenant_id INTEGER NOT NULL,
  type TEXT NOT NULL,
  value TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, type, value)
) WITHOUT ROWID;
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_0',1);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_1',2);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_2',3);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_3',4);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_4',5);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_5',6);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_6',7);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_7',8);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_8',9);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_9',10);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_10',11);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_11',12);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_12',13);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_13',14);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_14',15);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_15',16);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_16',17);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_17',18);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_18',19);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_19',20);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_20',21);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_21',22);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_22',23);
INSERT INTO "rk_customer_identities" VALUES(1,'external_userid','wm_23',24);
CREATE TABLE rk_customer_labels (
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  label_id INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, customer_id, label_id)
) WITHOUT ROWID;
INSERT INTO "rk_customer_labels" VALUES(1,1,1);
INSERT INTO "rk_customer_labels" VALUES(1,3,1);
INSERT INTO "rk_customer_labels" VALUES(1,5,1);
INSERT INTO "rk_customer_labels" VALUES(1,7,1);
INSERT INTO "rk_customer_labels" VALUES(1,9,1);
INSERT INTO "rk_customer_labels" VALUES(1,11,1);
INSERT INTO "rk_customer_labels" VALUES(1,13,1);
INSERT INTO "rk_customer_labels" VALUES(1,15,1);
INSERT INTO "rk_customer_labels" VALUES(1,17,1);
INSERT INTO "rk_customer_labels" VALUES(1,19,1);
INSERT INTO "rk_customer_labels" VALUES(1,21,1);
INSERT INTO "rk_customer_labels" VALUES(1,23,1);
INSERT INTO "rk_customer_labels" VALUES(1,2,2);
INSERT INTO "rk_customer_labels" VALUES(1,4,2);
INSERT INTO "rk_customer_labels" VALUES(1,6,2);
INSERT INTO "rk_customer_labels" VALUES(1,8,2);
INSERT INTO "rk_customer_labels" VALUES(1,10,2);
INSERT INTO "rk_customer_labels" VALUES(1,12,2);
INSERT INTO "rk_customer_labels" VALUES(1,14,2);
INSERT INTO "rk_customer_labels" VALUES(1,16,2);
INSERT INTO "rk_customer_labels" VALUES(1,18,2);
INSERT INTO "rk_customer_labels" VALUES(1,20,2);
INSERT INTO "rk_customer_labels" VALUES(1,22,2);
INSERT INTO "rk_customer_labels" VALUES(1,24,2);
CREATE TABLE rk_customers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL,
  external_key TEXT NOT NULL,
  name TEXT,
  born_on TEXT,
  row_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
INSERT INTO "rk_customers" VALUES(1,1,'c0','客户0',NULL,'417ba72f5c35404d8bdafaef5320cbb3',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(2,1,'c1','客户1',NULL,'fc3da544d6e56ae2de66aaf160284ba6',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(3,1,'c2','客户2',NULL,'4619c0f1d23c2a0f9de65f0b749e35f9',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(4,1,'c3','客户3',NULL,'1bb8fa1ab401e9a233b9be35075654d3',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(5,1,'c4','客户4',NULL,'6f2749f0489911002ea11c3ff3a5bf3f',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(6,1,'c5','客户5',NULL,'a2e1cf0237bb27293638ce555939176b',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(7,1,'c6','客户6',NULL,'1045c28cc7da689d90caf4c6cd809d63',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(8,1,'c7','客户7',NULL,'f6dbdabc856283c424fc73404e94ad34',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(9,1,'c8','客户8',NULL,'933354b62e605c4a795a9ab5e6f6f50a',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(10,1,'c9','客户9',NULL,'e57f8edd4f634bd8c8d3ee5f69cd01a3',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(11,1,'c10','客户10',NULL,'e10e324746d55b40025cf4d0592edec3',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(12,1,'c11','客户11',NULL,'b7f56438618c60f28e2033b0449f1e51',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(13,1,'c12','客户12',NULL,'4f5244271eae52973ac39df8775d9eb5',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(14,1,'c13','客户13',NULL,'2b7af6483de1f18647dd6fe20e068e20',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(15,1,'c14','客户14',NULL,'eb53ba1b628d2c6c4dc77ad5e4dda26f',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(16,1,'c15','客户15',NULL,'ab14fbf7be0d063a03823318f4212ada',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(17,1,'c16','客户16',NULL,'909c85530aeb64ed2711e236e18d16ce',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(18,1,'c17','客户17',NULL,'0d618e612b6e73d163896239e35b23fd',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(19,1,'c18','客户18',NULL,'a34d9d86dccee6091cfc535ce90ec82e',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(20,1,'c19','客户19',NULL,'8c2991848c34aa0319788b9ce68071eb',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(21,1,'c20','客户20',NULL,'e65310bc5fb5a3451645d980f7bff958',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(22,1,'c21','客户21',NULL,'4cc8f5f1182b4528f830d02cb503e26e',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(23,1,'c22','客户22',NULL,'7c5a597b5ccf9cc4fc0d83e70e5c46e8',1763712000763,1763712000763);
INSERT INTO "rk_customers" VALUES(24,1,'c23','客户23',NULL,'4cda61343f4d0a0b5b96e7badc47ef0e',1763712000763,1763712000763);
CREATE TABLE rk_deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL,
  occurrence_id INTEGER NOT NULL,
  rule_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  channel TEXT NOT NULL,
  address TEXT,
  batch_id INTEGER,
  state TEXT NOT NULL,
  reason TEXT,
  accepted_at INTEGER,
  delivered_at INTEGER,
  touched_at INTEGER,
  updated_at INTEGER NOT NULL
);
INSERT INTO "rk_deliveries" VALUES(1,1,1,1,2,'wecom','wm_1',1,'delivered',NULL,1763712000979,1763712000979,1763712000979,1763712001054);
INSERT INTO "rk_deliveries" VALUES(2,1,1,1,4,'wecom','wm_3',1,'delivered',NULL,1763712000979,1763712000979,1763712000979,1763712001049);
INSERT INTO "rk_deliveries" VALUES(3,1,1,1,6,'wecom','wm_5',1,'delivered',NULL,1763712000979,1763712000979,1763712000979,1763712001049);
INSERT INTO "rk_deliveries" VALUES(4,1,1,1,8,'wecom','wm_7',1,'delivered',NULL,1763712000979,1763712000979,1763712000979,1763712001062);
INSERT INTO "rk_deliveries" VALUES(5,1,1,1,10,'wecom','wm_9',1,'delivered',NULL,1763712000979,1763712000979,1763712000979,1763712001062);
INSERT INTO "rk_deliveries" VALUES(6,1,1,1,12,'wecom','wm_11',1,'delivered',NULL,1763712000979,1763712000979,1763712000979,1763712001036);
INSERT INTO "rk_deliveries" VALUES(7,1,1,1,14,'wecom','wm_13',1,'delivered',NULL,1763712000979,1763712000979,1763712000979,1763712001054);
INSERT INTO "rk_deliveries" VALUES(8,1,1,1,16,'wecom','wm_15',1,'delivered',NULL,1763712000979,1763712000979,1763712000979,1763712001036);
INSERT INTO "rk_deliveries" VALUES(9,1,1,1,18,'wecom','wm_17',1,'delivered',NULL,1763712000979,1763712000979,1763712000979,1763712001054);
INSERT INTO "rk_deliveries" VALUES(10,1,1,1,20,'wecom','wm_19',1,'delivered',NULL,1763712000979,1763712000979,1763712000979,1763712001049);
INSERT INTO "rk_deliveries" VALUES(11,1,1,1,22,'wecom','wm_21',2,'delivered',NULL,1763712000994,1763712000994,1763712000994,1763712001071);
INSERT INTO "rk_deliveries" VALUES(12,1,1,1,24,'wecom','wm_23',2,'delivered',NULL,1763712000994,1763712000994,1763712000994,1763712001068);
CREATE TABLE rk_labels (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  bind_key TEXT NOT NULL,
  name TEXT NOT NULL
);
INSERT INTO "rk_labels" VALUES(1,1,'city','北京','北京');
INSERT INTO "rk_labels" VALUES(2,1,'city','上海','上海');
CREATE TABLE rk_media (
  tenant_id INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  content_type TEXT NOT NULL,
  bytes BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, sha256)
);
CREATE TABLE rk_memberships (
  tenant_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
) WITHOUT ROWID;
CREATE TABLE rk_migrations (
  set_id VARCHAR(100) NOT NULL,
  step INTEGER NOT NULL,
  name VARCHAR(200) NOT NULL,
  checksum CHAR(64) NOT NULL,
  min_reader INTEGER NOT NULL,
  applied_at BIGINT NOT NULL,
  PRIMARY KEY (set_id, step)
);
INSERT INTO "rk_migrations" VALUES('recallkit',1,'create-tenants','e5803e61346bf7c5f3e286eb75fcccaac43374fcc8b6c72325d847326627f584',1,1763712000000);
INSERT INTO "rk_migrations" VALUES('recallkit',2,'create-customers','cf7bbe211d124d2c1fc7f4d19685ba43385cb2ccc6b15cf1998ae90dc67ca69a',2,1763712000000);
INSERT INTO "rk_migrations" VALUES('recallkit',3,'create-orders','c1277634782665f131e5a79b8bad711c8a13bf21e406d1a5ea8bf1134bc57aa5',3,1763712000000);
INSERT INTO "rk_migrations" VALUES('recallkit',4,'create-rules','a2db7b867afe4eee31b2f470bde0ca0a493231780b7e382e507b754c43e61fef',4,1763712000000);
INSERT INTO "rk_migrations" VALUES('recallkit',5,'create-occurrences','99eadbbafe71313e4001d327d97bf95f810b858c2299cc32cafbdaf226ec9033',5,1763712000000);
INSERT INTO "rk_migrations" VALUES('recallkit',6,'create-batches','3f872382ee0fe26749c5df0f507ef58c41b4f6650a17dff3016bf6d73329a943',6,1763712000000);
INSERT INTO "rk_migrations" VALUES('recallkit',7,'create-deliveries','aab6e368e543d2837c3e761682a26c019b8c2eca09a9869c77274a70d451b6db',7,1763712000000);
INSERT INTO "rk_migrations" VALUES('recallkit',8,'create-ledgers','057aa2c365c9662dcd33b7b7f1aa931023f3c087859923f9c1c73cd50ec22079',8,1763712000000);
INSERT INTO "rk_migrations" VALUES('auth',1,'create-users-and-sessions','42db3b9c722057b611499439c7f1d4de631396187f22a190668c4c220ea8d5b4',1,1763712000000);
CREATE TABLE rk_occurrences (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL,
  rule_id INTEGER NOT NULL,
  rule_version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  nominal TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  as_of INTEGER,
  state TEXT NOT NULL,
  reason TEXT,
  blocked_on_review INTEGER NOT NULL,
  snapshot_cursor INTEGER NOT NULL,
  audience_size INTEGER,
  salt TEXT NOT NULL,
  lease_owner TEXT,
  lease_until INTEGER,
  lease_epoch INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER
);
INSERT INTO "rk_occurrences" VALUES(1,1,1,1,'manual','ea1686a7-dbd2-4b82-a489-38caed3ed3d9','Asia/Shanghai',1763712000817,1763798400817,1763712000879,'completed',NULL,0,24,12,'132ccd5c7651259a92ad240fa5e30195',NULL,NULL,1,1763712000817,1763712000879,1763712000997);
INSERT INTO "rk_occurrences" VALUES(2,1,2,1,'manual','7ac49442-f6be-4b3e-acac-90b215d78cb6','Asia/Shanghai',1763712001191,1763798401191,NULL,'planned',NULL,0,0,NULL,'72b789e1664d3b5cd1b52f7768a519c4',NULL,NULL,0,1763712001191,NULL,NULL);
CREATE TABLE rk_order_labels (
  tenant_id INTEGER NOT NULL,
  order_id INTEGER NOT NULL,
  label_id INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, order_id, label_id)
) WITHOUT ROWID;
CREATE TABLE rk_order_lines (
  tenant_id INTEGER NOT NULL,
  order_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  sku TEXT,
  name TEXT,
  quantity NUMERIC NOT NULL,
  amount_minor INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, order_id, number)
) WITHOUT ROWID;
CREATE TABLE rk_orders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL,
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  ordered_at INTEGER NOT NULL,
  amount_minor INTEGER NOT NULL,
  refunded_minor INTEGER NOT NULL,
  refunded_at INTEGER,
  uncounted_from INTEGER,
  status TEXT NOT NULL,
  row_hash TEXT NOT NULL
);
INSERT INTO "rk_orders" VALUES(1,1,'shop','o0',1,1761984000000,9900,0,NULL,NULL,'paid','23620716260e4b07773371adfcacb3c4');
INSERT INTO "rk_orders" VALUES(2,1,'shop','o1',2,1760256000000,10000,0,NULL,NULL,'paid','0a1a1fddf7497fedf0481c6a03702406');
INSERT INTO "rk_orders" VALUES(3,1,'shop','o2',3,1761984000000,10100,0,NULL,NULL,'paid','219b2f023f4039379b664970b2e22ef8');
INSERT INTO "rk_orders" VALUES(4,1,'shop','o3',4,1760256000000,10200,0,NULL,NULL,'paid','1a70e2d7e8d8fcbcdc8947af321bcb18');
INSERT INTO "rk_orders" VALUES(5,1,'shop','o4',5,1761984000000,10300,0,NULL,NULL,'paid','326e3acb1b129c44c135056468e4b5da');
INSERT INTO "rk_orders" VALUES(6,1,'shop','o5',6,1760256000000,10400,0,NULL,NULL,'paid','2ba90d6d4c2e04b8748dd93b1b1724bc');
INSERT INTO "rk_orders" VALUES(7,1,'shop','o6',7,1761984000000,10500,0,NULL,NULL,'paid','1d15defc55cbdc33accd3eb712ef3c7f');
INSERT INTO "rk_orders" VALUES(8,1,'shop','o7',8,1760256000000,10600,0,NULL,NULL,'paid','ab712198b74cf6cc6697dcb4215a6e4f');
INSERT INTO "rk_orders" VALUES(9,1,'shop','o8',9,1761984000000,10700,0,NULL,NULL,'paid','886335620c81de76b2c99d53ee73da79');
INSERT INTO "rk_orders" VALUES(10,1,'shop','o9',10,1760256000000,10800,0,NULL,NULL,'paid','f60d53be4cf3228132237dd59ca52ed1');
INSERT INTO "rk_orders" VALUES(11,1,'shop','o10',11,1761984000000,10900,0,NULL,NULL,'paid','1814183e01ec5e9b9ae800f18618011e');
INSERT INTO "rk_orders" VALUES(12,1,'shop','o11',12,1760256000000,11000,0,NULL,NULL,'paid','fd4d0d22c047d43c0b83a7d3801b1d7d');
INSERT INTO "rk_orders" VALUES(13,1,'shop','o12',13,1761984000000,11100,0,NULL,NULL,'paid','4d791a4e104e56f6ca36b3ef1e7ff825');
INSERT INTO "rk_orders" VALUES(14,1,'shop','o13',14,1760256000000,11200,0,NULL,NULL,'paid','a2995b1217bc616c91ef2d92b55f8e24');
INSERT INTO "rk_orders" VALUES(15,1,'shop','o14',15,1761984000000,11300,0,NULL,NULL,'paid','ae02e1532b8d797886ce171756db8057');
INSERT INTO "rk_orders" VALUES(16,1,'shop','o15',16,1760256000000,11400,0,NULL,NULL,'paid','9efab5a16d83db88b6fafc0f018b45b4');
INSERT INTO "rk_orders" VALUES(17,1,'shop','o16',17,1761984000000,11500,0,NULL,NULL,'paid','f54dd42fe099a33544c7ff504025aaf2');
INSERT INTO "rk_orders" VALUES(18,1,'shop','o17',18,1760256000000,11600,0,NULL,NULL,'paid','ba8e59c1ee235f5dbf0d4f19a169742f');
INSERT INTO "rk_orders" VALUES(19,1,'shop','o18',19,1761984000000,11700,0,NULL,NULL,'paid','098b45ce4a8c9fc6d8f2e24047a54400');
INSERT INTO "rk_orders" VALUES(20,1,'shop','o19',20,1760256000000,11800,0,NULL,NULL,'paid','b8ec107f7ab45f6a6b9841257a7cf528');
INSERT INTO "rk_orders" VALUES(21,1,'shop','o20',21,1761984000000,11900,0,NULL,NULL,'paid','d22a1bd22e7ea773f2cd7876919257ae');
INSERT INTO "rk_orders" VALUES(22,1,'shop','o21',22,1760256000000,12000,0,NULL,NULL,'paid','c0b0bfb15ec759d66c22469a374b23b2');
INSERT INTO "rk_orders" VALUES(23,1,'shop','o22',23,1761984000000,12100,0,NULL,NULL,'paid','5ecb6dd4f3c650cfd759a56407b2e76d');
INSERT INTO "rk_orders" VALUES(24,1,'shop','o23',24,1760256000000,12200,0,NULL,NULL,'paid','b464652d4ec899643175b58238503eb7');
INSERT INTO "rk_orders" VALUES(25,1,'shop','back',2,1763798400000,12800,0,NULL,NULL,'paid','4b0c34c33ab804f58e347eb63b2442fe');
CREATE TABLE rk_rule_versions (
  tenant_id INTEGER NOT NULL,
  rule_id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  definition TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, rule_id, version)
);
INSERT INTO "rk_rule_versions" VALUES(1,1,1,'{"name":"45天未购买用户召回","segment":{"lapse":{"minDays":30,"maxDays":45,"recency":"last-order"},"labels":{"city":["上海"]},"labelMode":"any","everybody":false},"slots":[{"weekday":1,"time":"10:00"}],"validFrom":"2025-01-01","validTo":"2099-12-31","content":{"text":"喵～ https://shop.example/back"},"variables":{},"messageClass":"marketing","channel":"wecom","catchUpMs":3600000,"expireAfterMs":86400000,"overlap":"skip","onUnknown":"hold"}',1763712000799);
INSERT INTO "rk_rule_versions" VALUES(1,2,1,'{"name":"全部客户","segment":{"labelMode":"any","everybody":true},"slots":[{"weekday":2,"time":"10:00"}],"validFrom":"2025-01-01","validTo":"2099-12-31","content":{"text":"喵～ https://shop.example/all"},"variables":{},"messageClass":"marketing","channel":"wecom","catchUpMs":3600000,"expireAfterMs":86400000,"overlap":"skip","onUnknown":"hold"}',1763712001189);
CREATE TABLE rk_rules (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  name_search TEXT NOT NULL,
  active_name TEXT,
  status TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  planned_until INTEGER NOT NULL,
  next_due_at INTEGER
);
INSERT INTO "rk_rules" VALUES(1,1,'45天未购买用户召回','45天未购买用户召回','45天未购买用户召回','active',1,1763712000799,1763712000799,NULL,1763712000799,1763949600000);
INSERT INTO "rk_rules" VALUES(2,1,'全部客户','全部客户','全部客户','active',1,1763712001189,1763712001189,NULL,1763712001189,1764036000000);
CREATE TABLE rk_sessions (
  token_hash TEXT NOT NULL PRIMARY KEY,
  tenant_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE rk_tenants (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  currency TEXT NOT NULL,
  revision INTEGER NOT NULL,
  max_order_at INTEGER,
  created_at INTEGER NOT NULL
);
INSERT INTO "rk_tenants" VALUES(1,'默认商户','Asia/Shanghai','CNY',3,1763798400000,0);
CREATE TABLE rk_transitions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL,
  entity TEXT NOT NULL,
  entity_id INTEGER NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  reason TEXT,
  row_count INTEGER NOT NULL,
  lease_epoch INTEGER,
  at INTEGER NOT NULL
);
INSERT INTO "rk_transitions" VALUES(1,1,'occurrence',1,'planned','snapshotting',NULL,1,1,1763712000879);
INSERT INTO "rk_transitions" VALUES(2,1,'delivery',1,'queued','in_batch',NULL,10,NULL,1763712000890);
INSERT INTO "rk_transitions" VALUES(3,1,'delivery',2,'queued','in_batch',NULL,2,NULL,1763712000892);
INSERT INTO "rk_transitions" VALUES(4,1,'occurrence',1,'snapshotting','running',NULL,1,1,1763712000893);
INSERT INTO "rk_transitions" VALUES(5,1,'batch',1,'pending','leased',NULL,1,1,1763712000896);
INSERT INTO "rk_transitions" VALUES(6,1,'batch',2,'pending','leased',NULL,1,1,1763712000896);
INSERT INTO "rk_transitions" VALUES(7,1,'batch',1,'leased','dispatching',NULL,1,1,1763712000930);
INSERT INTO "rk_transitions" VALUES(8,1,'batch',2,'leased','dispatching',NULL,1,1,1763712000930);
INSERT INTO "rk_transitions" VALUES(9,1,'batch',1,'dispatching','accepted',NULL,1,1,1763712000979);
INSERT INTO "rk_transitions" VALUES(10,1,'delivery',1,'in_batch','accepted',NULL,10,NULL,1763712000979);
INSERT INTO "rk_transitions" VALUES(11,1,'batch',2,'dispatching','accepted',NULL,1,1,1763712000994);
INSERT INTO "rk_transitions" VALUES(12,1,'delivery',2,'in_batch','accepted',NULL,2,NULL,1763712000994);
INSERT INTO "rk_transitions" VALUES(13,1,'occurrence',1,'running','completed',NULL,1,NULL,1763712000997);
INSERT INTO "rk_transitions" VALUES(14,1,'delivery',1,'accepted','delivered',NULL,2,NULL,1763712001036);
INSERT INTO "rk_transitions" VALUES(15,1,'delivery',1,'accepted','delivered',NULL,3,NULL,1763712001049);
INSERT INTO "rk_transitions" VALUES(16,1,'delivery',1,'accepted','delivered',NULL,3,NULL,1763712001054);
INSERT INTO "rk_transitions" VALUES(17,1,'delivery',1,'accepted','delivered',NULL,2,NULL,1763712001062);
INSERT INTO "rk_transitions" VALUES(18,1,'delivery',2,'accepted','delivered',NULL,1,NULL,1763712001068);
INSERT INTO "rk_transitions" VALUES(19,1,'delivery',2,'accepted','delivered',NULL,1,NULL,1763712001071);
CREATE TABLE rk_users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  username TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX rk_customers_key ON rk_customers (tenant_id, external_key);
CREATE INDEX rk_customers_walk ON rk_customers (tenant_id, id);
CREATE UNIQUE INDEX rk_customer_identities_owner ON rk_customer_identities (tenant_id, customer_id, type);
CREATE UNIQUE INDEX rk_labels_key ON rk_labels (tenant_id, kind, bind_key);
CREATE INDEX rk_customer_labels_label ON rk_customer_labels (tenant_id, label_id, customer_id);
CREATE UNIQUE INDEX rk_orders_key ON rk_orders (tenant_id, source, external_id);
CREATE INDEX rk_orders_customer ON rk_orders (tenant_id, customer_id, ordered_at, status, uncounted_from);
CREATE INDEX rk_orders_time ON rk_orders (tenant_id, ordered_at, customer_id, status, uncounted_from);
CREATE INDEX rk_order_labels_label ON rk_order_labels (tenant_id, label_id, order_id);
CREATE UNIQUE INDEX rk_rules_name ON rk_rules (tenant_id, active_name);
CREATE INDEX rk_rules_created ON rk_rules (tenant_id, created_at);
CREATE INDEX rk_rules_due ON rk_rules (next_due_at) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX rk_occurrences_key ON rk_occurrences (tenant_id, rule_id, kind, nominal);
CREATE INDEX rk_occurrences_walk ON rk_occurrences (tenant_id, id);
CREATE INDEX rk_occurrences_rule ON rk_occurrences (tenant_id, rule_id, due_at);
CREATE INDEX rk_occurrences_due ON rk_occurrences (tenant_id, due_at);
CREATE INDEX rk_occurrences_claim ON rk_occurrences (state, due_at);
CREATE UNIQUE INDEX rk_batches_key ON rk_batches (tenant_id, occurrence_id, channel, number);
CREATE INDEX rk_batches_walk ON rk_batches (tenant_id, id);
CREATE INDEX rk_batches_rule ON rk_batches (tenant_id, rule_id, id);
CREATE INDEX rk_batches_claim ON rk_batches (state, settled, not_before);
CREATE INDEX rk_attempts_walk ON rk_attempts (tenant_id, id);
CREATE INDEX rk_attempts_batch ON rk_attempts (tenant_id, batch_id, id);
CREATE UNIQUE INDEX rk_deliveries_key ON rk_deliveries (tenant_id, occurrence_id, channel, customer_id);
CREATE INDEX rk_deliveries_walk ON rk_deliveries (tenant_id, id);
CREATE INDEX rk_deliveries_occurrence ON rk_deliveries (tenant_id, occurrence_id, id);
CREATE INDEX rk_deliveries_rule ON rk_deliveries (tenant_id, rule_id, id);
CREATE INDEX rk_deliveries_state ON rk_deliveries (tenant_id, occurrence_id, state, customer_id);
CREATE INDEX rk_deliveries_address ON rk_deliveries (tenant_id, occurrence_id, address);
CREATE INDEX rk_deliveries_batch ON rk_deliveries (tenant_id, batch_id, state, customer_id) WHERE batch_id IS NOT NULL;
CREATE INDEX rk_deliveries_touch ON rk_deliveries (tenant_id, customer_id, touched_at) WHERE touched_at IS NOT NULL;
CREATE INDEX rk_cap_ledger_customer ON rk_cap_ledger (tenant_id, customer_id, at);
CREATE INDEX rk_cap_ledger_batch ON rk_cap_ledger (tenant_id, batch_id);
CREATE INDEX rk_transitions_entity ON rk_transitions (tenant_id, entity, entity_id, id);
CREATE INDEX rk_alarms_walk ON rk_alarms (tenant_id, id);
CREATE UNIQUE INDEX rk_users_username ON rk_users (username);
CREATE INDEX rk_memberships_user ON rk_memberships (user_id, tenant_id);
CREATE INDEX rk_sessions_expiry ON rk_sessions (expires_at);
CREATE INDEX rk_sessions_user ON rk_sessions (user_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('rk_tenants',1);
INSERT INTO "sqlite_sequence" VALUES('rk_customers',24);
INSERT INTO "sqlite_sequence" VALUES('rk_labels',2);
INSERT INTO "sqlite_sequence" VALUES('rk_orders',25);
INSERT INTO "sqlite_sequence" VALUES('rk_rules',2);
INSERT INTO "sqlite_sequence" VALUES('rk_occurrences',2);
INSERT INTO "sqlite_sequence" VALUES('rk_transitions',19);
INSERT INTO "sqlite_sequence" VALUES('rk_deliveries',12);
INSERT INTO "sqlite_sequence" VALUES('rk_batches',2);
INSERT INTO "sqlite_sequence" VALUES('rk_attempts',2);
COMMIT;
