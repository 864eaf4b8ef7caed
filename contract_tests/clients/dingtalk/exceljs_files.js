// exceljs, unmodified, writes the same workbook by each of its two writers.
// Usage: node exceljs_files.js FOLDER; writes memory.xlsx, stream.xlsx, … there and prints their names as JSON.
"use strict";
const path = require("path");
const ExcelJS = require("exceljs");

const folder = process.argv[2];
const ROWS = [
  ["姓名", "部门", "说明"],
  ["$userName=user001$", "$departmentName=1$", "由 $userName=user001$ 提交 & <完成>"],
  ["$userTitle=user001$", "$departmentName=x$", "nothing to replace"],
];

function fill(workbook) {
  const sheet = workbook.addWorksheet("员工 $userName=user001$");
  sheet.columns = [{ width: 42 }, { width: 12 }, { width: 30 }];
  for (const values of ROWS) {
    const row = sheet.addRow(values);
    row.getCell(1).font = { bold: true, color: { argb: "FFFF0000" } };
    if (row.commit) row.commit();
  }
  const last = sheet.addRow([{ formula: 'CONCATENATE("$userName=user001$",A2)', result: "old" }, 7, new Date(0)]);
  if (last.commit) last.commit();
  const second = workbook.addWorksheet("2");
  second.addRow(["$userName=user002$"]);
  if (second.commit) {
    second.commit();
    sheet.commit();
  }
}

async function main() {
  const names = [];
  for (const [name, options] of Object.entries({ memory: {}, "memory-unshared": { useSharedStrings: false } })) {
    const workbook = new ExcelJS.Workbook();
    fill(workbook);
    await workbook.xlsx.writeFile(path.join(folder, `${name}.xlsx`), options);
    names.push(name);
  }
  const streams = { stream: {}, "stream-styled": { useStyles: true }, "stream-shared": { useSharedStrings: true, useStyles: true } };
  for (const [name, options] of Object.entries(streams)) {
    const filename = path.join(folder, `${name}.xlsx`);
    const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ filename, ...options });
    fill(workbook);
    await workbook.commit();
    names.push(name);
  }
  const rich = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: path.join(folder, "stream-rich.xlsx") });
  const sheet = rich.addWorksheet("1");
  const richText = [{ text: "由 $userName=user001$", font: { bold: true } }, { text: " 提交" }];
  sheet.addRow([{ richText }]).commit();
  await rich.commit();
  names.push("stream-rich");
  console.log(JSON.stringify(names));
}

main();
