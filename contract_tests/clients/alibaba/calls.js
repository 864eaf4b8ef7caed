// Single calls by @alicloud/alimt20181012, whichever release the folder has; takes and prints what calls.py does.
// Usage: calls.js FOLDER CALLS. 1.4.2 signs ACS3, 1.4.1 signs RPC HMAC-SHA1.
'use strict';

const { createRequire } = require('node:module');
const path = require('node:path');

const runCalls = require('./call_runner.js');

const [folder, calls] = process.argv.slice(2);
const from = createRequire(path.join(folder, 'package.json'));
const alimt = from('@alicloud/alimt20181012');
const inside = createRequire(from.resolve('@alicloud/alimt20181012'));
const { $OpenApiUtil } = inside('@alicloud/openapi-core');
const $dara = inside('@darabonba/typescript');

const LATE_TIMESTAMP = '2020-01-01T00:00:00Z';
// 1.4.1 signs a `Timestamp` of the query, 1.4.2 a header.
const release = inside('../package.json').version;
const late = release === '1.4.1' ? { queries: { Timestamp: LATE_TIMESTAMP } } : { headers: { 'x-acs-date': LATE_TIMESTAMP } };

function requestOf(operation, parameters) {
  const Request = alimt[`${operation}Request`];
  const fields = {};
  for (const [field, name] of Object.entries(Request.names())) {
    if (name in parameters) fields[field] = parameters[name];
  }
  return new Request(fields);
}

async function makeCall(call) {
  const client = new alimt.default(new $OpenApiUtil.Config({
    endpoint: call.endpoint, protocol: 'http', accessKeyId: call.key, accessKeySecret: call.secret,
  }));
  const runtime = new $dara.RuntimeOptions(call.late ? { extendsParameters: new $dara.ExtendsParameters(late) } : {});
  const method = `${call.operation[0].toLowerCase()}${call.operation.slice(1)}WithOptions`;
  try {
    const answer = await client[method](requestOf(call.operation, call.parameters), runtime);
    return { body: answer.body.toMap(), status: answer.statusCode };
  } catch (fault) {
    const status = fault.statusCode ?? (fault.data || {}).statusCode ?? null;
    return { raised: fault.name, code: fault.code ?? null, message: fault.message, status };
  }
}

runCalls(makeCall, calls, release);
