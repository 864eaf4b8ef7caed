// The official Node core SDK, unmodified, runs a document from creation to its result.
// Usage: node node_core.js ENDPOINT ACCESS_KEY SECRET_KEY [PROJECT_ID [JOB_ID]]; prints one JSON object.
// There is no @huaweicloud/huaweicloud-sdk-nlp; this is the shape that generated services have.
"use strict";
const { BasicCredentials } = require("@huaweicloud/huaweicloud-sdk-core");
const { ClientBuilder } = require("@huaweicloud/huaweicloud-sdk-core/ClientBuilder");
const { Region } = require("@huaweicloud/huaweicloud-sdk-core/region/region");

const [endpoint, ak, sk, projectId, jobId] = process.argv.slice(2);
const JOBS = "/v1/{project_id}/machine-translation/file-translation/jobs";
const credentials = new BasicCredentials({ ak, sk, projectId: projectId || undefined, iamEndpoint: endpoint });
const builder = new ClientBuilder((client) => client).withCredential(credentials);
const client = (projectId ? builder.withEndpoint(endpoint) : builder.withRegion(new Region("cn-north-4", endpoint))).build();

function call(method, url, pathParams, data) {
  return client.sendRequest({
    method, url, contentType: "application/json", queryParams: {}, pathParams, headers: {}, data,
  });
}

async function main() {
  if (jobId) {
    return call("GET", `${JOBS}/{job_id}`, { job_id: jobId });
  }
  const text = await call("POST", "/v1/{project_id}/machine-translation/text-translation", {}, {
    text: "你好", from: "zh", to: "en",
  });
  const body = { url: "https://b.obs.cn-north-4.myhuaweicloud.com/原文.txt", from: "zh", to: "en", type: "txt" };
  const job = await call("POST", JOBS, {}, body);
  const statuses = [];
  for (;;) {
    const answer = await call("GET", `${JOBS}/{job_id}`, { job_id: job.job_id });
    if (statuses.at(-1) !== answer.status) statuses.push(answer.status);
    if (answer.status === "FINISHED" || answer.status === "ERROR") {
      return { translated: text.translated_text, statuses, url: answer.url };
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

main().then(
  (answer) => console.log(JSON.stringify(answer)),
  (error) => console.log(JSON.stringify({
    name: error.constructor.name, status: error.httpStatusCode, code: error.errorCode,
    message: error.errorMsg, requestId: error.requestId,
  })),
);
