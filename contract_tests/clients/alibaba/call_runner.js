// What scripts of single calls have in common: calls come as JSON, one after the other, and answers go as JSON.
// A parameter {"of": n, "take": name} is taken from `Data` in the answer to call n.
'use strict';

async function answered(called, calls, sdk) {
  const answers = [];
  for (const call of JSON.parse(calls)) {
    for (const [name, value] of Object.entries(call.parameters)) {
      if (typeof value === 'object') call.parameters[name] = answers[value.of].body.Data[value.take];
    }
    answers.push(await called(call));
  }
  console.log(JSON.stringify({ sdk, answers }));
}

module.exports = (called, calls, sdk) => {
  answered(called, calls, sdk).catch((fault) => { console.error(fault); process.exitCode = 1; });
};
