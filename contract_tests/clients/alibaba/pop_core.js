// Single calls by @alicloud/pop-core, by POST; takes and prints what calls.py does.
// Usage: pop_core.js FOLDER CALLS. It signs RPC HMAC-SHA1, and sends everything in the form body.
'use strict';

const { createRequire } = require('node:module');
const path = require('node:path');

const runCalls = require('./call_runner.js');

const [folder, calls] = process.argv.slice(2);
const from = createRequire(path.join(folder, 'package.json'));
const { RPCClient } = from('@alicloud/pop-core');

const LATE_TIMESTAMP = '2020-01-01T00:00:00Z';

async function makeCall(call) {
  const client = new RPCClient({
    endpoint: `http://${call.endpoint}`, apiVersion: '2018-10-12', accessKeyId: call.key, accessKeySecret: call.secret,
  });
  const parameters = call.late ? { ...call.parameters, Timestamp: LATE_TIMESTAMP } : call.parameters;
  try {
    return { body: await client.request(call.operation, parameters, { method: 'POST' }), status: 200 };
  } catch (fault) {
    return { raised: fault.name, code: fault.code ?? null, message: fault.message, status: null };
  }
}

runCalls(makeCall, calls, from('@alicloud/pop-core/package.json').version);
