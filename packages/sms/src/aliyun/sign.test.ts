import { expect, test } from "vitest";
import { authorizationOf } from "../tencent/sign.js";
import { signedHeaders } from "./sign.js";

const signatureOf = (headers: Readonly<Record<string, string>>) =>
  /Signature=(\w+)$/.exec(headers.authorization ?? "")?.[1];

test("Aliyun's own example, and a call of SendSms, have their signatures", () => {
  const example = signedHeaders({
    host: "ecs.cn-shanghai.aliyuncs.com",
    action: "RunInstances",
    version: "2014-05-26",
    query: { RegionId: "cn-shanghai", ImageId: "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd" },
    at: Date.parse("2023-10-26T10:22:32Z"),
    nonce: "3156853299f313e23d1673dc12e1703d",
    accessKeyId: "YourAccessKeyId",
    accessKeySecret: "YourAccessKeySecret",
  });
  expect(signatureOf(example)).toBe("06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0");
  const sms = signedHeaders({
    host: "dysmsapi.aliyuncs.com",
    action: "SendSms",
    version: "2017-05-25",
    query: {
      PhoneNumbers: "13900000000",
      SignName: "测试签名",
      TemplateCode: "SMS_100000001",
      TemplateParam: '{"name":"张三"}',
      OutId: "msg-0001",
    },
    at: Date.parse("2026-01-02T03:04:05Z"),
    nonce: "0123456789abcdef0123456789abcdef",
    accessKeyId: "testid",
    accessKeySecret: "testsecret",
  });
  expect(signatureOf(sms)).toBe("d3f33a495922da7bf04cc2c6dbf9545e65481601f9079cd81c71540f5a6d79a1");
});

test("a call of Tencent has its signature", () => {
  const authorization = authorizationOf({
    host: "sms.tencentcloudapi.com",
    body: '{"PhoneNumberSet":["+8613900000000"],"SmsSdkAppId":"1400000000","SignName":"测试签名","TemplateId":"100001","TemplateParamSet":["张三"],"SessionContext":"msg-0001"}',
    at: 1767323045_000,
    secretId: "testid",
    secretKey: "testsecret",
  });
  expect(authorization).toBe(
    "TC3-HMAC-SHA256 Credential=testid/2026-01-02/sms/tc3_request, SignedHeaders=content-type;host, Signature=ad65d38c7d70c3bcef46fade82e408f27c205bf4607218488095906f973da754",
  );
});
