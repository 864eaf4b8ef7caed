// The common part of the scripts of single calls: they take calls as JSON, make one after the other, and print JSON.
// A parameter {"of": n, "take": name} is replaced by a member of `Data` in the answer to call n.
'use strict';

async function run(makeCall, calls, sdk) {
  const answers = [];
  for (const call of JSON.parse(calls)) {
    for (const [name, value] of Object.entries(call.parameters)) {
      if (typeof value === 'object') call.parameters[name] = answers[value.of].body.Data[value.take];
    }
    answers.push(await makeCall(call));
  }
  console.log(JSON.stringify({ sdk, answers }));
}

module.exports = (makeCall, calls, sdk) => {
  run(makeCall, calls, sdk).catch((fault) => { console.error(fault); process.exitCode = 1; });
};
