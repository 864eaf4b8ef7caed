// The official Node SDK, unmodified, has a workbook translated: token, upload, submission, poll, login, download.
// Usage: node node_sdk.js CREDENTIALS FILE RESULT GENERATION
// CREDENTIALS is what `fauxlate env --json` says of DingTalk. FILE is uploaded by the GENERATION `drive 1.0`,
// `storage 1.0` or `storage 2.0`, and the result is written to RESULT. Prints one JSON object.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { Config } = require("@alicloud/openapi-client");
const { RuntimeOptions } = require("@alicloud/tea-util");
const contact = require("@alicloud/dingtalk/contact_1_0");
const drive = require("@alicloud/dingtalk/drive_1_0");
const oauth2 = require("@alicloud/dingtalk/oauth2_1_0");
const storage1 = require("@alicloud/dingtalk/storage_1_0");
const storage2 = require("@alicloud/dingtalk/storage_2_0");

const [credentialsText, file, resultFile, generation] = process.argv.slice(2);
const credentials = JSON.parse(credentialsText);
const config = () => new Config({ endpoint: credentials.endpoint, protocol: "http", regionId: "central" });
const runtime = () => new RuntimeOptions({});
const name = path.basename(file);
const data = fs.readFileSync(file);

async function put(url, headers) {
  const answer = await fetch(url, { method: "PUT", headers, body: data });
  if (!answer.ok) throw new Error(`PUT ${answer.status} ${await answer.text()}`);
  if (!answer.headers.get("x-oss-request-id")) throw new Error("PUT without x-oss-request-id");
}

const UPLOADS = {
  async "drive 1.0"(token) {
    const client = new drive.default(config());
    const request = new drive.GetUploadInfoRequest({
      unionId: credentials.union_id, fileName: name, fileSize: data.length, md5: "x", withRegion: true,
    });
    const headers = new drive.GetUploadInfoHeaders({ xAcsDingtalkAccessToken: token });
    const { body } = await client.getUploadInfoWithOptions("1", "0", request, headers, runtime());
    const info = body.headerSignatureUploadInfo;
    await put(info.resourceUrl, info.headers);
    return [info.mediaId, body.region];
  },
  async "storage 1.0"(token) {
    const client = new storage1.default(config());
    const request = new storage1.GetFileUploadInfoRequest({
      unionId: credentials.union_id, protocol: "HEADER_SIGNATURE", multipart: false,
      option: new storage1.GetFileUploadInfoRequestOption({ storageDriver: "DINGTALK" }),
    });
    const headers = new storage1.GetFileUploadInfoHeaders({ xAcsDingtalkAccessToken: token });
    const { body } = await client.getFileUploadInfoWithOptions("1", request, headers, runtime());
    await put(body.headerSignatureInfo.resourceUrls[0], body.headerSignatureInfo.headers);
    const commit = new storage1.CommitFileRequest({
      unionId: credentials.union_id, uploadKey: body.uploadKey, name, parentId: "0",
      option: new storage1.CommitFileRequestOption({ size: data.length }),
    });
    const commitHeaders = new storage1.CommitFileHeaders({ xAcsDingtalkAccessToken: token });
    const commitAnswer = await client.commitFileWithOptions("1", commit, commitHeaders, runtime());
    return [commitAnswer.body.dentry.id, commitAnswer.body.dentry.name];
  },
  async "storage 2.0"(token) {
    const client = new storage2.default(config());
    const request = new storage2.GetFileUploadInfoRequest({ unionId: credentials.union_id, protocol: "HEADER_SIGNATURE" });
    const headers = new storage2.GetFileUploadInfoHeaders({ xAcsDingtalkAccessToken: token });
    const { body } = await client.getFileUploadInfoWithOptions("root", request, headers, runtime());
    await put(body.headerSignatureInfo.resourceUrls[0], body.headerSignatureInfo.headers);
    const commit = new storage2.CommitFileRequest({ unionId: credentials.union_id, uploadKey: body.uploadKey, name });
    const commitHeaders = new storage2.CommitFileHeaders({ xAcsDingtalkAccessToken: token });
    const commitAnswer = await client.commitFileWithOptions("root", commit, commitHeaders, runtime());
    return [commitAnswer.body.dentry.uuid, commitAnswer.body.dentry.name];
  },
};

async function logIn(link) {
  const query = new URLSearchParams({
    client_id: credentials.suite_key, response_type: "code", scope: "openid", redirect_uri: link,
  });
  const answer = await fetch(`http://${credentials.endpoint}/oauth2/auth?${query}`, { redirect: "manual" });
  return answer.headers.getSetCookie()[0].split(";")[0];
}

async function main() {
  const tokenRequest = new oauth2.GetCorpAccessTokenRequest({
    suiteKey: credentials.suite_key, suiteSecret: credentials.suite_secret, authCorpId: credentials.corp_id, suiteTicket: "ticket",
  });
  const token = (await new oauth2.default(config()).getCorpAccessToken(tokenRequest)).body.accessToken;
  const [id, detail] = await UPLOADS[generation](token);
  const client = new contact.default(config());
  const headers = new contact.TranslateFileHeaders({ xAcsDingtalkAccessToken: token });
  const request = new contact.TranslateFileRequest({ medias: { [id]: name }, unionId: credentials.union_id });
  const { jobId } = (await client.translateFileWithOptions(request, headers, runtime())).body;
  const query = new contact.GetTranslateFileJobResultRequest({ jobId });
  const queryHeaders = new contact.GetTranslateFileJobResultHeaders({ xAcsDingtalkAccessToken: token });
  for (;;) {
    const { body } = await client.getTranslateFileJobResultWithOptions(query, queryHeaders, runtime());
    if (body.status !== "0") {
      const anonymous = await fetch(body.url);
      const opened = await fetch(body.url, { headers: { cookie: await logIn(body.url) } });
      fs.writeFileSync(resultFile, Buffer.from(await opened.arrayBuffer()));
      return { status: body.status, detail, anonymous: anonymous.headers.get("content-type"), http: opened.status };
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

main().then(
  (answer) => console.log(JSON.stringify(answer)),
  (error) => console.log(JSON.stringify({ name: error.constructor.name, code: error.code, message: error.message })),
);
